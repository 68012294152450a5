/** One finding in the sections of a debug report: issue identified, suggested fix or fix applied, validation. */
import { alikeText, alikeTo } from '../compare/alike.ts'
import { type ComparedFinding, compareRecordings } from '../compare/compare.ts'
import { signatureOf } from '../compare/signature.ts'
import { confidenceWord, type Finding } from '../detect/finding.ts'
import { harmText } from '../detect/harm-words.ts'
import { limitText } from '../detect/threshold-words.ts'
import { findingOfEvidence } from '../notebook/investigation.ts'
import { formatDuration } from '../scene/time-text.ts'
import { taskName } from './analysis-json.ts'
import {
  type Block,
  code,
  heading,
  type Inline,
  list,
  paragraph,
  strong,
  type Text,
  table,
} from './document.ts'
import { quantity, whatIfText } from './quantity.ts'
import { clock, type ReportInput } from './report-input.ts'

/** Everything that is known of it. */
export function findingBlocks(input: ReportInput, finding: Finding, compared = comparisonOf(input)): Block[] {
  const { text } = finding
  return [
    heading(4, 'Issue identified'),
    paragraph(text.explainer),
    ...table([], facts(input, finding)),
    ...stepBlocks(input, finding),
    ...evidenceBlocks(finding),
    ...againstBlocks(input, finding),
    ...fixBlocks(input, finding, compared),
    heading(4, 'Validation'),
    paragraph(...validationOf(input, finding, compared)),
  ]
}

/** What a reader needs of a finding that another one explains. */
export function briefBlocks(input: ReportInput, finding: Finding): Block[] {
  const { text, remedy } = { text: finding.text, remedy: finding.text.remedy }
  return [
    paragraph(text.explainer),
    ...table(
      [],
      [
        ...facts(input, finding),
        ...(finding.defect && remedy.primitive ? [['Fix', `${remedy.primitive}. ${remedy.why}`]] : []),
      ],
    ),
  ]
}

/** Gone, new and same, or null without a second recording. Costs a pass over both. */
export const comparisonOf = (input: ReportInput) =>
  input.after ? compareRecordings(input, input.after).findings : null

type Compared = ReturnType<typeof comparisonOf>

function facts(input: ReportInput, finding: Finding): Text[][] {
  const { culprit, subject } = finding
  const others = alikeTo(input.session.analysis.findings, finding).filter(one => one !== finding)
  return [
    [
      'Where',
      culprit.places.flatMap(({ role, site }, at): Inline[] => [`${at > 0 ? ', ' : ''}${role} `, code(site)]),
    ],
    ['About', [`${subject.kind} `, code(subject.name)]],
    ['Also about', alikeText(others)],
    [
      'When',
      `${clock(input, finding.startNs)} – ${clock(input, finding.endNs)} UTC (${formatDuration(finding.endNs - finding.startNs)})`,
    ],
    ['Harmed', harmText(finding)],
    ['Rule broken', finding.text.rule],
    ['Severity', severityText(finding)],
  ].filter(row => row[1]!.length > 0)
}

function stepBlocks(input: ReportInput, { steps }: Finding): Block[] {
  if (steps.length === 0) return []
  const first = steps[0]!.atNs
  return [
    heading(4, 'How it happened'),
    ...table(
      ['UTC', 'After', 'Who', 'What'],
      steps.map(({ atNs, task, event, value }, at) => [
        clock(input, atNs),
        at === 0 ? '' : `+${formatDuration(atNs - first)}`,
        taskName(input.session.model, task),
        value ? [`${event} `, code(value)] : event,
      ]),
    ),
  ]
}

function evidenceBlocks({ evidence, missing }: Finding): Block[] {
  const shown = evidence.filter(({ label, value }) => limitText(label, value) === null)
  const limits = evidence.flatMap(({ label, value }) => limitText(label, value) ?? [])
  return [
    ...(shown.length + missing.length > 0 ? [heading(4, 'Evidence')] : []),
    ...table(
      [],
      shown.map(({ label, value, unit }) => [label, quantity(value, unit)]),
    ),
    ...(limits.length > 0 ? [paragraph(`Limits used: ${limits.join('; ')}.`)] : []),
    ...(missing.length > 0 ? [paragraph(strong('What would settle it.'), ` ${missing.join(' ')}`)] : []),
  ]
}

function againstBlocks({ session: { analysis } }: ReportInput, finding: Finding): Block[] {
  const cleared = analysis.cleared.filter(({ detector }) => detector === finding.detector)
  return [
    ...(finding.against.length > 0 ? [heading(4, 'What speaks against it')] : []),
    ...table(
      [],
      finding.against.map(({ label, value, unit }) => [label, quantity(value, unit)]),
    ),
    ...(cleared.length > 0 ? [heading(4, 'Looked at and ruled out')] : []),
    ...list(cleared.slice(0, 8).map(({ subject, reason }): Text => [code(subject), `: ${reason}`])),
  ]
}

function fixBlocks(input: ReportInput, finding: Finding, compared: Compared): Block[] {
  const { primitive, why, whatIf } = finding.text.remedy
  const applied = fixesOf(input, finding)
  if (!primitive && applied.length === 0) return []
  const numbers = Object.entries(whatIf).map(([name, value]) => whatIfText(name, value))
  return [
    heading(4, applied.length > 0 || isGone(input, finding, compared) ? 'Fix applied' : 'Suggested fix'),
    ...applied.map((atom): Block => ({ kind: 'markdown', by: atom.by, text: atom.text })),
    ...(primitive ? [paragraph(strong(sentence(primitive)), ` ${why}`)] : []),
    ...(numbers.length > 0
      ? [
          paragraph(
            `Worked out from this trace: ${numbers.map(([name, value]) => `${name} ${value}`).join(', ')}.`,
          ),
        ]
      : []),
  ]
}

/** Fixes of its defect that the notebook tells of. */
function fixesOf({ notebook, session }: ReportInput, finding: Finding) {
  const alike = new Set(alikeTo(session.analysis.findings, finding))
  return (notebook?.atoms ?? []).filter(
    ({ kind, evidence }) =>
      kind === 'fix' &&
      evidence.some(one => {
        const about = findingOfEvidence(session, one)
        return about !== null && alike.has(about)
      }),
  )
}

export const hasFix = (input: ReportInput, finding: Finding): boolean => fixesOf(input, finding).length > 0

export const severityText = ({ severity, confidence }: Finding): string =>
  `${severity} (${confidenceWord(confidence)})`

/** What the second recording says of this finding. */
function validationOf(input: ReportInput, finding: Finding, compared: Compared): Inline[] {
  if (!compared || !input.after) {
    return ['Not validated: no recording made after a fix was given (', code('--after FILE'), ').']
  }
  const signature = signatureOf(input.session.store, finding)
  const has = (list: readonly ComparedFinding[]) => list.find(each => each.signature === signature)
  const file = input.after.report.inputs.map(each => each.file.split(/[\\/]/).at(-1)).join(', ')
  const gone = has(compared.gone)
  if (gone?.silence === 'subject-seen') {
    return [
      strong('Gone.'),
      ' ',
      code(file),
      ` exercises ${finding.subject.name} again and shows nothing of the kind.`,
    ]
  }
  if (gone) {
    return [
      strong('Gone, but not proven.'),
      ' ',
      code(file),
      ` does not show ${finding.subject.name} at all: it was taken away, or not exercised.`,
    ]
  }
  return [
    strong('Still there.'),
    ' ',
    code(file),
    ` shows it as well: ${has(compared.same)?.after[0]?.title ?? ''}`,
  ]
}

/** The second recording exercises what it is about and is silent. */
export const isGone = ({ session: { store } }: ReportInput, finding: Finding, compared: Compared): boolean =>
  compared?.gone.some(
    ({ signature, silence }) => signature === signatureOf(store, finding) && silence === 'subject-seen',
  ) ?? false

/** `row lock + 409` → `Row lock + 409.` */
export const sentence = (text: string): string => stop(text.charAt(0).toUpperCase() + text.slice(1))

/** With a full stop; a name that begins it stays as it is. */
export const stop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
