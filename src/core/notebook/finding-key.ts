import type { Finding } from '../detect/finding.ts'

/**
 * What a finding is called in a notebook. `F1` is a place in one list; this stays the same when the trace is read again,
 * merged or analysed with other thresholds: there is one finding per detector, subject and culprit site.
 */
export const findingKey = ({ detector, subject, culprit }: Finding): string =>
  `${detector}|${subject.kind}:${subject.name}|${culprit.site}`.slice(0, 1_000)
