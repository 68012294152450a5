import { confidenceWord, type Severity } from '../../src/core/detect/finding.ts'
import { Icon } from './icon.tsx'

const words: Record<Severity, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
}

/** Icon, word and colour together: never colour alone. */
export const SeverityWord = ({ severity }: { readonly severity: Severity }) => (
  <span className={`severity ${severity}`} title={severityReasons[severity]}>
    <Icon name={severity} />
    {words[severity]}
  </span>
)

const severityReasons: Record<Severity, string> = {
  critical: 'Impact: users were stopped, or data was lost or corrupted',
  high: 'Impact: users waited noticeably, or an operation failed',
  medium: 'Impact: felt by few, or a near miss',
  low: 'Impact: small',
  info: 'For information',
}

export const ConfidenceWord = ({ confidence }: { readonly confidence: number }) => (
  <span className="confidence" title={`Evidence: ${Math.round(confidence * 100)} %`}>
    {confidenceWord(confidence)}
  </span>
)
