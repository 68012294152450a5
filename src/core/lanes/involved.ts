import type { Model } from '../convention/model.ts'
import { type Analysis, type Finding, sectionsOf } from '../detect/finding.ts'
import { queuesOf } from '../replay/queues.ts'

/** Rank of something no finding is about. */
export const NOT_INVOLVED = 1 << 30

/** What the findings are about: rank of the worst finding (0 = first in the list) per resource, key, loop, task, queue; and span rows, holds. */
export interface Involved {
  readonly resource: Int32Array
  readonly key: Int32Array
  readonly loop: Int32Array
  readonly task: Int32Array
  readonly span: Uint8Array
  readonly hold: Uint8Array
  /** By index in `queuesOf`. */
  readonly queue: Int32Array
}

/** Reads findings as they are: observed before predicted; findings about the files themselves point at nothing. */
export function involvedIn(model: Model, analysis: Analysis): Involved {
  const involved: Involved = {
    resource: new Int32Array(model.resources.length).fill(NOT_INVOLVED),
    key: new Int32Array(model.keys.length).fill(NOT_INVOLVED),
    loop: new Int32Array(model.loops.length).fill(NOT_INVOLVED),
    task: new Int32Array(model.tasks.length).fill(NOT_INVOLVED),
    span: new Uint8Array(model.roleOfSpan.length),
    hold: new Uint8Array(model.holds.length),
    queue: new Int32Array(queuesOf(model).length).fill(NOT_INVOLVED),
  }
  analysis.findings.forEach((finding, rank) => {
    if (finding.product !== 'import') addFinding(involved, model, finding, rank)
  })
  return involved
}

function addFinding(involved: Involved, model: Model, finding: Finding, rank: number): void {
  lower(involved.resource, finding.resource, rank)
  lower(involved.key, finding.key, rank)
  lower(involved.loop, finding.loop, rank)
  const { kind, name } = finding.subject
  queuesOf(model).forEach((queue, index) => {
    if (kind === 'queue' && queue.name === name) lower(involved.queue, index, rank)
  })
  const addRow = (row: number): void => {
    if (row < 0 || row >= involved.span.length) return
    involved.span[row] = 1
    lower(involved.task, model.taskOfSpan[row] ?? -1, rank)
  }
  finding.culprit.rows.forEach(addRow)
  finding.victims.rows.forEach(addRow)
  for (const step of finding.steps) {
    addRow(step.row)
    lower(involved.task, step.task, rank)
  }
  for (const mark of finding.marks) {
    if (mark.kind === 'band') lower(involved.loop, mark.loop, rank)
    for (const section of sectionsOf(mark)) {
      addRow(section.row)
      lower(involved.task, section.task, rank)
      if (section.hold >= 0 && section.hold < involved.hold.length) involved.hold[section.hold] = 1
    }
  }
}

function lower(ranks: Int32Array, index: number, rank: number): void {
  if (index >= 0 && index < ranks.length && rank < ranks[index]!) ranks[index] = rank
}
