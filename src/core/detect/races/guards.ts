/**
 * Why an interleaving was possible: which locks were held at the three accesses (Eraser's locksets, Savage et al. 1997),
 * put into the one sentence that says what was wrong with them.
 */
import type { Access } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import { exclusiveTypes } from '../resource-groups.ts'
import type { Interleaving } from './interleavings.ts'

export interface Guard {
  readonly problem:
    | 'no-lock'
    | 'unlocked-writer'
    | 'reader-outside'
    | 'released-between'
    | 'other-instance'
    | 'contradiction'
  readonly rule: string
  /** Name of the lock in question, `''`. */
  readonly lock: string
}

interface Lock {
  readonly hold: number
  readonly group: number
  readonly name: string
}

export function explainGuard(context: Context, item: Interleaving): Guard {
  const key = context.model.keys[item.key]!
  const rule = (here: string) => `from its read to its write a task is alone with ${key}; here ${here}`
  if (item.write.inferred) {
    return { problem: 'no-lock', rule: rule(`no lock on ${key} is to be seen`), lock: '' }
  }
  if (!context.model.coverage.hasHolds) {
    return { problem: 'no-lock', rule: rule('nothing held it'), lock: '' }
  }
  const atRead = locks(context, item.read)
  const atWrite = locks(context, item.write)
  const atForeign = locks(context, item.foreign)
  for (const lock of atWrite) {
    const read = atRead.find(other => other.group === lock.group)
    const foreign = atForeign.find(other => other.group === lock.group)
    const twin = atForeign.find(other => other.group !== lock.group && other.name === lock.name)
    if (read && read.hold !== lock.hold) {
      return {
        problem: 'released-between',
        rule: rule(`${lock.name} was released in between`),
        lock: lock.name,
      }
    }
    if (!read && foreign) {
      return {
        problem: 'reader-outside',
        rule: rule(`the read was outside ${lock.name}, only the write inside`),
        lock: lock.name,
      }
    }
    if (read && twin) {
      return {
        problem: 'other-instance',
        rule: rule(`each task held an instance of ${lock.name} of its own`),
        lock: lock.name,
      }
    }
    if (read && foreign) {
      return {
        problem: 'contradiction',
        rule: rule(`both tasks held ${lock.name}, so a clock or the lock is wrong`),
        lock: lock.name,
      }
    }
    if (read) {
      return {
        problem: 'unlocked-writer',
        rule: rule(`the other writer did not take ${lock.name}`),
        lock: lock.name,
      }
    }
  }
  const other = atForeign[0]
  if (other) {
    return {
      problem: 'unlocked-writer',
      rule: rule(`it did not take ${other.name}, which the other task held`),
      lock: other.name,
    }
  }
  return { problem: 'no-lock', rule: rule('nothing held it'), lock: '' }
}

function locks(context: Context, access: Access): Lock[] {
  const { model } = context
  const out: Lock[] = []
  for (const index of context.held().access(access)) {
    const hold = model.holds[index]!
    const resource = model.resources[hold.resource]
    if (!resource || hold.mode !== 'exclusive') continue
    const group = context.groupOf(hold.resource)
    if (!exclusiveTypes.has(resource.type) && context.groups()[group]!.capacity !== 1) continue
    out.push({ hold: index, group, name: resource.name })
  }
  return out
}
