import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, makeDraft, rowOfTask } from '../drafting.ts'
import { fact } from '../words.ts'
import { usedBeforeReady } from './used-before-ready.ts'

/** A coroutine nobody awaited, told by the runtime; a promise written where its value was meant; something used before it is made. */
export const missingAwait: Detector = {
  id: 'missing-await',
  needs: [],
  run(context: Context): Detected {
    const observed = [...warnings(context), ...promisesAsValues(context), ...usedBeforeReady(context)]
    return { observed, predicted: [], cleared: [] }
  },
}

const neverAwaited = /coroutine '([^']+)' was never awaited/
const promiseValue = /\[object Promise\]|^Promise \{|<coroutine object /

function warnings(context: Context): Draft[] {
  const { store, model } = context
  const matching = new Map<number, string>()
  store.strings.forEach((text, index) => {
    const match = neverAwaited.exec(text.length > 4000 ? text.slice(0, 4000) : text)
    if (match) matching.set(index, match[1]!)
  })
  if (matching.size === 0) return []
  const byName = new Map<string, { count: number; atNs: number; span: number; text: string }>()
  for (let row = 0; row < store.records.count; row++) {
    const name = matching.get(store.records.body[row]!)
    if (name === undefined) continue
    const known = byName.get(name)
    if (known) known.count++
    else
      byName.set(name, {
        count: 1,
        atNs: store.records.timeNs[row]!,
        span: store.records.span[row]!,
        text: store.strings[store.records.body[row]!]!,
      })
  }
  return [...byName].map(([name, seen]) =>
    draft(
      name,
      seen.atNs,
      seen.span,
      model.taskOfSpan[seen.span] ?? -1,
      seen.count,
      seen.text.slice(0, 300),
      name,
      `Coroutine ${name} was created and never awaited: it did not run`,
    ),
  )
}

function promisesAsValues(context: Context): Draft[] {
  const { model } = context
  const found = new Map<string, Draft>()
  for (const access of model.accesses) {
    if (!promiseValue.test(access.value)) continue
    const key = model.keys[access.key] ?? ''
    const id = `${key}\n${access.site}`
    if (!found.has(id))
      found.set(id, {
        ...draft(
          access.site || key,
          access.atNs,
          access.span >= 0 ? access.span : rowOfTask(model, access.task),
          access.task,
          1,
          access.value,
          key,
          `${key} was given a promise instead of its value: an await is missing`,
        ),
        key: access.key,
        subject: { kind: 'key', name: key },
      })
  }
  return [...found.values()]
}

function draft(
  site: string,
  atNs: number,
  row: number,
  task: number,
  seen: number,
  raw: string,
  subject: string,
  title: string,
): Draft {
  return makeDraft({
    detector: 'missing-await',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: seen }),
    startNs: atNs,
    endNs: atNs,
    subject: { kind: 'task', name: subject },
    culprit: culpritOf({ role: 'does not await', site }, [], [row]),
    steps: [{ atNs, task, event: 'left behind', value: raw.slice(0, 80), row }],
    evidence: [fact('as recorded', raw, '', row), fact('times this happened', seen, '1')],
    text: {
      title,
      rule: 'what is asynchronous is awaited',
      explainer:
        'Calling an async function gives a promise of a result, not the result. Without an await the code goes on with the promise, and errors in it are seen by nobody.',
      remedy: {
        primitive: 'await it',
        why: 'The result is there when the next line runs, and an error reaches the caller.',
      },
    },
  })
}
