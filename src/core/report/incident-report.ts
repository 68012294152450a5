/**
 * The report a team files after an incident: what happened, why, what to do, whether the fix holds, and what the trace
 * cannot say. Concludes nothing: sentences come from the detectors, numbers from the model, the rest from the notebook.
 */
import { groupAlike } from '../compare/alike.ts'
import { compareRecordings, newProblems } from '../compare/compare.ts'
import type { Finding } from '../detect/finding.ts'
import { harmText } from '../detect/harm-words.ts'
import { formatDuration } from '../scene/time-text.ts'
import { taskName } from './analysis-json.ts'
import {
  type Block,
  code,
  heading,
  list,
  paragraph,
  type ReportDocument,
  strong,
  type Text,
  table,
} from './document.ts'
import { environmentBlocks } from './environment-blocks.ts'
import {
  briefBlocks,
  comparisonOf,
  findingBlocks,
  hasFix,
  isGone,
  sentence,
  severityText,
  stop,
} from './finding-blocks.ts'
import { notebookBlocks, signature } from './notebook-blocks.ts'
import { count, plural } from './quantity.ts'
import { type Cast, castOf, clock, day, type ReportInput, servicesOf } from './report-input.ts'
import { validationBlocks } from './validation-blocks.ts'

export function incidentReport(input: ReportInput): ReportDocument {
  const { store } = input.session
  const cast = castOf(input)
  const services = servicesOf(input).join(', ') || 'the trace'
  return {
    title: input.title || `Incident report: ${services}`,
    subtitle: `${day(input)}, ${clock(input, 0)} – ${clock(input, store.durationNs)} UTC (${formatDuration(store.durationNs)})`,
    blocks: [
      ...summaryBlocks(input, cast),
      ...impactBlocks(input, cast),
      ...timelineBlocks(input, cast),
      ...causeBlocks(input, cast),
      ...contributingBlocks(input, cast),
      ...ruledOutBlocks(input, cast),
      ...validationBlocks(input),
      ...actionBlocks(input, cast),
      ...additionalBlocks(input, cast),
      ...checklistBlocks(input),
      ...notebookBlocks(input),
      ...blindBlocks(input),
      ...environmentBlocks(input),
    ],
  }
}

/** The findings that get a picture: one per cause. */
export const picturedFindings = (input: ReportInput): readonly Finding[] =>
  castOf(input).roots.slice(0, MOST_PICTURES)

const MOST_PICTURES = 4
const MOST_MOMENTS = 24

function summaryBlocks(input: ReportInput, cast: Cast): Block[] {
  const { roots, symptoms, rootOf } = cast
  const [main, ...others] = roots
  if (!main) {
    return [
      heading(2, 'Summary'),
      paragraph(
        'Nothing went wrong in this recording as far as it can show. What it cannot show is listed under “What this trace cannot show”.',
      ),
    ]
  }
  const mine = symptoms.filter(({ id }) => rootOf.get(id) === main.id)
  const cause = input.session.analysis.causes.find(({ finding }) => finding === main.id)
  const share = cause?.shareOf === 'wait' ? cause.share : 0
  return [
    heading(2, 'Summary'),
    ...table([], statusRows(input, main)),
    paragraph(strong('Cause.'), ` ${stop(main.text.title)} ${firstSentence(main.text.explainer)}`),
    ...(mine.length > 0
      ? [
          paragraph(
            strong('Effect.'),
            ` It explains ${mine.length === symptoms.length ? 'all ' : ''}${plural(mine.length, 'symptom')}${share > 0 ? ` and ${Math.round(share * 100)} % of the time that tasks spent waiting` : ''}:`,
          ),
          ...list(mine.map(({ id, text }): Text => [strong(id), ` ${text.title}`])),
        ]
      : []),
    ...(others.length > 0
      ? [
          paragraph(
            strong('Beside it.'),
            ` ${plural(others.length, 'finding')} with a cause of ${others.length === 1 ? 'its' : 'their'} own:`,
          ),
          ...list(others.map(({ id, text }): Text => [strong(id), ` ${text.title}`])),
        ]
      : []),
  ]
}

const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text

function statusRows(input: ReportInput, main: Finding): Text[][] {
  return [
    ['Status', statusOf(input)],
    ['Severity', severityText(main)],
    ['Services', servicesOf(input).join(', ')],
    ['Where', main.culprit.site ? [code(main.culprit.site)] : ''],
    ['Fix', main.text.remedy.primitive],
  ].filter(row => row[1]!.length > 0)
}

function statusOf(input: ReportInput): string {
  if (!input.after) return 'open: no fix has been validated yet'
  const found = compareRecordings(input, input.after)
  const fresh = newProblems(found)
  if (fresh.length > 0) return `open: the fixed program shows ${plural(fresh.length, 'new finding')}`
  if (found.findings.same.length > 0) {
    return `open: the fixed program still shows ${plural(found.findings.same.length, 'finding')}`
  }
  const unsure = found.findings.gone.filter(({ silence }) => silence === 'subject-not-seen').length
  return unsure > 0
    ? `not proven: ${plural(unsure, 'finding')} may be gone because nobody exercised it`
    : `cause fixed and validated: all ${plural(found.findings.gone.length, 'finding')} gone, nothing new`
}

/** Defects, whether they explain the symptom or not: what is wrong stays wrong when the symptom is gone. */
function actionBlocks(input: ReportInput, { rootOf }: Cast): Block[] {
  const { analysis } = input.session
  const defects = analysis.findings.filter(({ defect, text }) => defect && text.remedy.primitive !== '')
  if (defects.length === 0) return []
  const compared = comparisonOf(input)
  return [
    heading(2, 'Follow-ups'),
    {
      kind: 'todos',
      items: groupAlike(defects).map(([finding]) => {
        const { id, text, culprit } = finding
        const gone = isGone(input, finding, compared)
        // A symptom is silent once its cause is gone, whether its own defect was mended or not.
        const done = hasFix(input, finding) || (gone && !rootOf.has(id))
        const rest = gone && !done ? ' (no longer shows, but only its cause is known to be fixed)' : ''
        const place = culprit.site ? [' At ', code(culprit.site)] : []
        return { text: [strong(id), ` ${sentence(text.remedy.primitive)}`, ...place, rest], done }
      }),
    },
  ]
}

function impactBlocks(input: ReportInput, { roots, symptoms, rootOf }: Cast): Block[] {
  const all = [...roots, ...symptoms]
  if (all.length === 0) return []
  return [
    heading(2, 'Impact'),
    ...table(
      ['', 'What', 'Severity', 'Harmed', 'From – to (UTC)', 'Explained by'],
      all.map(finding => [
        strong(finding.id),
        finding.text.title,
        finding.severity,
        harmText(finding) || '–',
        `${clock(input, finding.startNs)} – ${clock(input, finding.endNs)}`,
        rootOf.get(finding.id) ?? '–',
      ]),
    ),
  ]
}

/** The moments of all observed findings and the marks of the trace, in one order. */
function timelineBlocks(input: ReportInput, { roots, symptoms }: Cast): Block[] {
  const { model } = input.session
  const first = new Set(roots.slice(0, 1))
  const moments = [...roots, ...symptoms].flatMap(finding =>
    // Of the main cause every step, of the others how they began and ended.
    finding.steps
      .filter((_, at, steps) => first.has(finding) || at === 0 || at === steps.length - 1)
      .map(step => ({ ...step, finding: finding.id })),
  )
  const marks = model.marks
    .filter(({ kind }) => kind !== 'error' && kind !== 'log')
    .map(({ atNs, task, kind, text }) => ({
      atNs,
      task,
      event: MARKS.get(kind) ?? kind,
      value: text,
      finding: '',
    }))
  // A finding that was made from a mark tells it already.
  const told = new Set(moments.map(({ atNs, value }) => `${atNs} ${value}`))
  const all = [...moments, ...marks.filter(({ atNs, value }) => !told.has(`${atNs} ${value}`))].sort(
    (a, b) => a.atNs - b.atNs,
  )
  const pictures = picturedFindings(input)
  if (all.length + pictures.length === 0) return []
  return [
    heading(2, 'Timeline'),
    ...pictures.slice(0, 1).map(pictureBlock),
    ...table(
      ['UTC', 'Who', 'What', 'Finding'],
      all
        .slice(0, MOST_MOMENTS)
        .map(({ atNs, task, event, value, finding }) => [
          clock(input, atNs),
          task >= 0 ? taskName(model, task) : '–',
          value ? [`${event} `, code(value)] : event,
          finding || '–',
        ]),
    ),
    ...(all.length > MOST_MOMENTS
      ? [paragraph(`And ${count(all.length - MOST_MOMENTS)} later moments.`)]
      : []),
  ]
}

/** Kinds of marks that do not say what they are. */
const MARKS = new Map([
  ['run', 'said:'],
  ['mark', 'marked:'],
  ['shutdown', 'shut down:'],
  ['complaint', 'complaint:'],
  ['hypothesis', 'suspected:'],
  ['host_pause', 'the host paused'],
])

const pictureBlock = ({ id, text }: Finding): Block => ({
  kind: 'picture',
  finding: id,
  alt: `${id}: ${text.title}`,
})

function causeBlocks(input: ReportInput, { roots }: Cast): Block[] {
  if (roots.length === 0) return []
  const compared = comparisonOf(input)
  const pictured = new Set(picturedFindings(input).slice(1))
  return [
    heading(2, roots.length === 1 ? 'Root cause' : 'Root causes'),
    ...roots.flatMap(finding => [
      heading(3, `${finding.id} · ${finding.text.title}`),
      ...(pictured.has(finding) ? [pictureBlock(finding)] : []),
      ...findingBlocks(input, finding, compared),
    ]),
  ]
}

/** What the cause made worse is a defect of its own: it stays when the cause is gone. */
function contributingBlocks(input: ReportInput, { symptoms, rootOf }: Cast): Block[] {
  return furtherBlocks(
    input,
    'Contributing factors',
    'Each showed because of the cause, but is a defect of its own that stays when the cause is gone.',
    symptoms
      .filter(({ defect }) => defect)
      .map(finding => [finding, `Explained by ${rootOf.get(finding.id)}.`]),
  )
}

function additionalBlocks(input: ReportInput, { symptoms, predicted, about, rootOf }: Cast): Block[] {
  return furtherBlocks(input, 'Additional findings', '', [
    ...symptoms
      .filter(({ defect }) => !defect)
      .map(finding => [finding, `Explained by ${rootOf.get(finding.id)}, and goes with it.`] as const),
    ...predicted.map(finding => [finding, 'Did not happen here, but can.'] as const),
    ...about.map(finding => [finding, 'About the recording.'] as const),
  ])
}

function furtherBlocks(
  input: ReportInput,
  title: string,
  intro: string,
  entries: readonly (readonly [Finding, part: string])[],
): Block[] {
  if (entries.length === 0) return []
  return [
    heading(2, title),
    ...(intro ? [paragraph(intro)] : []),
    ...entries.flatMap(([finding, part]) => [
      heading(3, `${finding.id} · ${finding.text.title}`),
      paragraph(part),
      ...briefBlocks(input, finding),
    ]),
  ]
}

/** What people thought and refuted, and what the detectors looked at and cleared. */
function ruledOutBlocks(input: ReportInput, { roots }: Cast): Block[] {
  const refuted = (input.notebook?.atoms ?? []).filter(({ verdict }) => verdict === 'refuted')
  // A cause tells itself what its own detector cleared.
  const told = new Set(roots.map(({ detector }) => detector))
  const { cleared } = input.session.analysis
  const items = cleared.filter(({ detector }) => !told.has(detector)).slice(0, MOST_CLEARED)
  if (refuted.length + items.length === 0) return []
  return [
    heading(2, 'What was ruled out'),
    ...refuted.flatMap(({ text, by, at }): Block[] => [
      paragraph(strong('Refuted:')),
      { kind: 'markdown', by: signature(by, at), text },
    ]),
    ...list(
      items.map(
        ({ detector, subject, reason }): Text => [
          code(subject),
          ` (${detector.replaceAll('-', ' ')}): ${reason}`,
        ],
      ),
    ),
  ]
}

const MOST_CLEARED = 12

const stateWord = { found: 'found', clean: 'clean', 'not-observable': 'not observable' } as const

function checklistBlocks({ session: { analysis } }: ReportInput): Block[] {
  return [
    heading(2, 'Checklist'),
    ...table(
      ['Question', 'Answer', 'Why'],
      analysis.checklist.map(({ item, state, why }) => [
        item.replaceAll('-', ' '),
        state === 'found' ? strong(stateWord[state]) : stateWord[state],
        why,
      ]),
    ),
  ]
}

function blindBlocks({ session: { analysis, model, store }, report }: ReportInput): Block[] {
  const blind = analysis.checklist.filter(({ state }) => state === 'not-observable')
  const lost = store.processes.filter(process => process.lost > 0)
  const items: Text[] = [
    ...blind.map(({ item, why }): Text => [strong(`${item.replaceAll('-', ' ')}:`), ` ${why}`]),
    ...lost.map(({ label, lost }): Text => `${label} lost ${plural(lost, 'record')} while recording`),
    ...(model.coverage.lossIntervals.length > 0
      ? [
          `${plural(model.coverage.lossIntervals.length, 'stretch', 'stretches')} of time with dropped records`,
        ]
      : []),
    ...report.issues.map(({ consequence }): Text => consequence),
  ]
  if (items.length === 0) return []
  return [heading(2, 'What this trace cannot show'), ...list(items)]
}
