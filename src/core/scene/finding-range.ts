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
