import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import { isLossy } from '../coverage.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, makeDraft } from '../drafting.ts'
import type { Cleared, Evidence } from '../finding.ts'
import { count, fact, smallest, taskName } from '../words.ts'
import { freeLists } from './free-lists.ts'

/** What was still under way when the process said good-bye: requests cut off, items never taken from their queue. */
export const shutdownAudit: Detector = {
  id: 'shutdown-audit',
  needs: ['tasks'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    const cleared: Cleared[] = []
    // One that drains after the signal says so twice: what counts is what is left in the end.
    const ends = new Map(
      context.model.marks.filter(({ kind }) => kind === 'shutdown').map(mark => [mark.process, mark]),
    )
    for (const mark of ends.values()) {
      const found = audit(context, mark.process, mark.atNs)
      const label = context.store.processes[mark.process]?.label ?? 'process'
      if (found) observed.push(found)
      else
        cleared.push({
          detector: 'shutdown-audit',
          subject: label,
          reason: 'no request and no queued item was left unfinished at its shutdown',
        })
    }
    return { observed, predicted: [], cleared }
  },
}

function audit(context: Context, process: number, atNs: number): Draft | null {
  const { model, store } = context
  // Where spans are missing, so may be the end of a request.
  const requests = (isLossy(model, process) ? [] : model.requests).filter(request => {
    const task = model.tasks[request.task]
    return request.process === process && request.open && request.startNs < atNs && task?.type !== 'stream'
  })
  const depths = new Map<string, number>()
  for (const item of model.queueItems) {
    if (item.atNs > atNs || item.process !== process) continue
    depths.set(
      item.queue,
      item.depth >= 0
        ? item.depth
        : Math.max(0, (depths.get(item.queue) ?? 0) + (item.op === 'put' ? 1 : -1)),
    )
  }
  const left = [...depths].filter(([queue, depth]) => depth > 0 && !freeLists(context).has(queue))
  if (requests.length === 0 && left.length === 0) return null
  const label = store.processes[process]?.label ?? 'process'
  const evidence: Evidence[] = [
    ...(requests.length > 0 ? [fact('requests under way', requests.length, '{request}')] : []),
    ...left.map(([queue, depth]) => fact(`left in ${queue}`, depth, '{item}')),
  ]
  const items = left.reduce((sum, [, depth]) => sum + depth, 0)
  const rows = requests.map(request => request.row)
  const parts = [
    ...(requests.length > 0 ? [`${count(requests.length, 'request')} under way`] : []),
    ...(items > 0 ? [`${count(items, 'item')} left in ${left.map(([queue]) => queue).join(', ')}`] : []),
  ]
  return makeDraft({
    detector: 'shutdown-audit',
    severity: items > 0 ? 'medium' : 'low',
    confidence: confidenceOf({ tier: 'observed' }),
    startNs: smallest(
      requests.map(request => request.startNs),
      atNs,
    ),
    endNs: atNs,
    subject: { kind: 'service', name: label },
    culprit: culpritOf({ role: '', site: '' }, [], rows),
    victims: { count: requests.length + items, totalWaitNs: 0, rows: rows.slice(0, 50) },
    steps: requests.slice(0, 6).map(request => ({
      atNs: request.startNs,
      task: request.task,
      event: 'was under way:',
      value: taskName(model, request.task),
      row: request.row,
    })),
    evidence,
    marks: [{ kind: 'band', startNs: atNs, endNs: atNs, loop: -1 }],
    text: {
      title: `${label} shut down with ${parts.join(' and ')}`,
      rule: 'a process finishes or hands over what it took on',
      explainer:
        'When a process ends, whatever it had under way ends with it, without a word to those who wait for it.',
      remedy: {
        primitive: 'stop taking, drain, then exit',
        why: 'No new work after the signal, the old is finished within a deadline, and what is left is handed back.',
      },
    },
    explains: 'no',
  })
}
