/** The right primitive for a kind of state, and why it is safe. */
import { isShared } from '../context.ts'
import type { Remedy } from '../finding.ts'
import type { Guard } from './guards.ts'

export function remedyForState(key: string, guard: Guard, crossProcess: boolean): Remedy {
  const whatIf = {}
  switch (guard.problem) {
    case 'unlocked-writer':
      return {
        primitive: `take ${guard.lock} in every writer`,
        why: `A lock protects only what all writers agree to take; one writer outside it undoes the others' care.`,
        whatIf,
      }
    case 'reader-outside':
      return {
        primitive: `read again inside ${guard.lock}`,
        why: 'A value read before the lock may be old by the time the lock is granted; read inside, it can not change until the write.',
        whatIf,
      }
    case 'released-between':
      return {
        primitive: `one hold of ${guard.lock} around read and write`,
        why: 'Read and write are one step only while the lock is kept; released in between, the value is open to everybody.',
        whatIf,
      }
    case 'other-instance':
      return crossProcess
        ? {
            primitive: 'row lock or version column in the shared store',
            why: 'A lock in memory reaches one process only; the store is where all of them meet.',
            whatIf,
          }
        : {
            primitive: `one shared instance of ${guard.lock} per key`,
            why: 'Two lock objects with one name do not exclude each other.',
            whatIf,
          }
    default:
      return remedyForScheme(key)
  }
}

function remedyForScheme(key: string): Remedy {
  const scheme = key.slice(0, Math.max(0, key.indexOf(':')))
  const whatIf = {}
  if (/^(row|table|db|doc|document)$/.test(scheme)) {
    return {
      primitive: 'row lock + 409 Conflict',
      why: 'SELECT … FOR UPDATE in one transaction makes the second task wait at its read; it then sees the new state and can answer 409 Conflict instead of writing.',
      whatIf,
    }
  }
  if (/^(redis|kv|memcached|etcd|dynamo)$/.test(scheme)) {
    return {
      primitive: 'atomic command or compare and set',
      why: 'INCR, a script, or a write conditional on the version read is one step for the server: nothing fits in between.',
      whatIf,
    }
  }
  if (/^(file|path|fs)$/.test(scheme)) {
    return {
      primitive: 'exclusive create, or an advisory lock on the file',
      why: 'The file system decides in one step who is first; acting and handling the error replaces checking.',
      whatIf,
    }
  }
  if (isShared(key)) {
    return {
      primitive: 'conditional write on the version read',
      why: 'The store compares and writes in one step and refuses the second writer, who can read again and retry.',
      whatIf,
    }
  }
  return {
    primitive: `one mutex for ${key}, kept from the read to the write`,
    why: 'On one event loop a task can be interrupted only at an await; with the lock kept from read to write (or no await in between) nobody can write while the value that was read is still in use.',
    whatIf,
  }
}
