import { type Finding, sectionsOf } from '../detect/finding.ts'

/** The stretch of time a view of a finding shows: its decisive interval with all its steps and marks, and some air. */
export function findingRange(
  finding: Finding,
  durationNs: number,
): { readonly startNs: number; readonly endNs: number } {
  let startNs = finding.startNs
  let endNs = finding.endNs
  const include = (fromNs: number, toNs: number): void => {
    startNs = Math.min(startNs, fromNs)
    endNs = Math.max(endNs, toNs)
  }
  for (const { atNs } of finding.steps) include(atNs, atNs)
  for (const mark of finding.marks) {
    if (mark.kind === 'band') include(mark.startNs, mark.endNs)
    for (const section of sectionsOf(mark)) include(section.startNs, section.endNs)
  }
  const air = Math.max((endNs - startNs) * 0.1, 1e5)
  // Whole nanoseconds: what a picture carries of its view is that view to the pixel.
  return {
    startNs: Math.max(0, Math.floor(startNs - air)),
    endNs: Math.min(durationNs, Math.ceil(endNs + air)),
  }
}

/**
 * The stretch a picture as small as a card's shows: the steps and the marks they belong to. Where a finding happened
 * many times, its interval spans all of them, and the one that is told would be a dot in it.
 */
export function stepsRange(
  finding: Finding,
  durationNs: number,
): { readonly startNs: number; readonly endNs: number } {
  const [first] = finding.steps
  if (finding.steps.length < 2 || !first) return findingRange(finding, durationNs)
  const startNs = finding.steps.reduce((ns, { atNs }) => Math.min(ns, atNs), first.atNs)
  const endNs = finding.steps.reduce((ns, { atNs }) => Math.max(ns, atNs), first.atNs)
  const marks = finding.marks.filter(mark => {
    const from = mark.kind === 'band' ? mark.startNs : Math.min(...sectionsOf(mark).map(each => each.startNs))
    const to = mark.kind === 'band' ? mark.endNs : Math.max(...sectionsOf(mark).map(each => each.endNs))
    return from <= endNs && to >= startNs
  })
  return findingRange({ ...finding, startNs, endNs, marks }, durationNs)
}
