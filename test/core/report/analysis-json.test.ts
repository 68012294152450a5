import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { severities } from '../../../src/core/detect/finding.ts'
import { analysisJson, checkJson } from '../../../src/core/report/analysis-json.ts'
import { findingsOf } from '../../support/analysed.ts'

const nano = z.string().regex(/^\d{19}$/)
const span = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string(),
  taskId: z.string(),
})
const fact = z.strictObject({
  label: z.string(),
  value: z.union([z.number(), z.string()]),
  unit: z.string(),
  spanId: z.string().optional(),
})
const finding = z.strictObject({
  id: z.string().regex(/^F\d+$/),
  detector: z.string(),
  product: z.enum(['observed', 'predicted', 'import']),
  severity: z.enum(severities),
  confidence: z.number().min(0).max(1),
  confidenceWord: z.enum(['certain', 'likely', 'possible', 'hint']),
  title: z.string().min(10),
  startUnixNano: nano,
  endUnixNano: nano,
  subject: z.strictObject({ kind: z.string(), name: z.string() }),
  resource: z.string().nullable(),
  key: z.string().nullable(),
  loop: z.string().nullable(),
  culprit: z.strictObject({
    site: z.string(),
    sites: z.array(z.string()),
    places: z.array(z.strictObject({ role: z.string().min(1), site: z.string().min(1) })),
    spans: z.array(span),
  }),
  victims: z.strictObject({ count: z.int(), totalWaitNs: z.int(), spans: z.array(span).max(20) }),
  steps: z
    .array(z.strictObject({ atUnixNano: nano, task: z.string(), event: z.string(), value: z.string() }))
    .max(8),
  evidence: z.array(fact).min(1),
  against: z.array(fact),
  missing: z.array(z.string()),
  rule: z.string().min(1),
  explainer: z.string().min(1),
  remedy: z.strictObject({
    primitive: z.string().min(1),
    why: z.string().min(1),
    whatIf: z.record(z.string(), z.number()),
  }),
  explains: z.enum(['yes', 'no', 'partly']),
  defect: z.boolean(),
})
/** The contract, to the letter. */
const schema = z.strictObject({
  version: z.literal(1),
  inputs: z.array(
    z.strictObject({ file: z.string(), format: z.string(), bytes: z.number(), spans: z.number() }),
  ),
  trace: z.strictObject({
    startUnixNano: nano,
    endUnixNano: nano,
    spans: z.int(),
    services: z.int(),
    tasks: z.int(),
    resources: z.int(),
    loops: z.int(),
    openSpans: z.int(),
  }),
  import: z.strictObject({
    issues: z.array(z.looseObject({ code: z.string(), count: z.int(), example: z.string() })),
  }),
  findings: z.array(finding),
  cleared: z.array(z.strictObject({ detector: z.string(), subject: z.string(), reason: z.string() })),
  causes: z.array(
    z.strictObject({
      finding: z.string(),
      explains: z.array(z.string()),
      shareOf: z.enum(['wait', 'findings']),
      share: z.number().min(0).max(1),
      unexplained: z.array(z.string()),
      feedback: z.array(z.string()),
    }),
  ),
  blame: z
    .array(
      z.strictObject({
        victims: z.strictObject({
          kind: z.enum(['resource', 'loop']),
          name: z.string(),
          site: z.string(),
        }),
        culprit: z.strictObject({
          kind: z.enum(['hold', 'slice', 'chain', 'cycle', 'unknown']),
          name: z.string(),
          site: z.string(),
        }),
        ns: z.number().int().positive(),
        share: z.number().min(0).max(1),
      }),
    )
    .max(50),
  checklist: z
    .array(
      z.strictObject({
        item: z.string(),
        state: z.enum(['found', 'clean', 'not-observable']),
        why: z.string().min(1),
      }),
    )
    .length(10),
})

const picture = `
  T1       ─R··········W>
  T2          R···W─
  T3              ·······>
  T1@pool  ##------------>
  T2@pool    ~##
  T3@pool       ~~~~~~~~~>
  T4       ───────────────
`
const trace = findingsOf(picture, {
  unitMs: 500,
  resources: { pool: { type: 'pool', capacity: 1 } },
  values: { T1: ['1', '2'], T2: ['1', '3'] },
  issues: [{ code: 'recorder-loss', count: 3, example: 'x', consequence: 'the recorder lost 3 records' }],
})
const session = { store: trace.store, model: trace.model, analysis: trace.analysis, lanes: [] }

describe('analyze --json', () => {
  it('is the contract, to the letter', () => {
    const json = JSON.parse(JSON.stringify(analysisJson(session, trace.report)))
    expect(schema.safeParse(json).error?.issues ?? []).toEqual([])
    expect(json.findings.length).toBeGreaterThan(1)
  })
  it('ranks observed before import, worst first', () => {
    const { findings } = analysisJson(session, trace.report)
    expect(findings.map(entry => entry.id)).toEqual(findings.map((_, index) => `F${index + 1}`))
    expect(findings.at(-1)!.product).toBe('import')
    const ranks = findings
      .filter(entry => entry.product === 'observed')
      .map(entry => severities.indexOf(entry.severity))
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
  })
  it('check tells of the files only', () => {
    expect(Object.keys(checkJson(session, trace.report))).toEqual(['version', 'inputs', 'trace', 'import'])
  })
})
