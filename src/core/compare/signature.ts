/**
 * What makes a finding the same one in another recording: who (detector), about what (subject), from where (culprit site,
 * else the operation). Lines, ids, times, counts and severities may differ.
 *
 *     leaked-hold · resource db-pool · checkAccess (auth.ts)
 */
import type { Finding } from '../detect/finding.ts'
import { type Store, spanName } from '../store/store.ts'
import { stableName, stableSite } from './stable-name.ts'

export function signatureOf(store: Store, finding: Finding): string {
  const { detector, subject, culprit } = finding
  const row = culprit.rows[0] ?? -1
  const place = stableSite(culprit.site) || (row >= 0 ? stableName(spanName(store, row)) : '')
  return [detector, `${subject.kind} ${stableName(subject.name)}`, place].filter(Boolean).join(' · ')
}
