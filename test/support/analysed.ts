import { readModel } from '../../src/core/convention/read-model.ts'
import { analyze } from '../../src/core/detect/analyze.ts'
import type { DetectorId, Finding } from '../../src/core/detect/finding.ts'
import type { Thresholds } from '../../src/core/detect/thresholds.ts'
import { importOf, type SpanInput } from './otlp.ts'
import { type Drawn, type DrawOptions, draw } from './trace-dsl.ts'

export interface Analysed extends Drawn {
  readonly findings: readonly Finding[]
  readonly observed: readonly Finding[]
  readonly predicted: readonly Finding[]
  readonly analysis: ReturnType<typeof analyze>
  /** Detectors of the observed findings, in rank. */
  readonly ids: readonly DetectorId[]
}

/** Draws a trace and runs all detectors over it. */
export function findingsOf(
  picture: string,
  options: DrawOptions & { readonly thresholds?: Partial<Thresholds> } = {},
): Analysed {
  const drawn = draw(picture, options)
  const analysis = analyze(
    drawn.store,
    drawn.model,
    drawn.report,
    options.thresholds ? { thresholds: options.thresholds } : {},
  )
  const observed = analysis.findings.filter(finding => finding.product === 'observed')
  return {
    ...drawn,
    analysis,
    findings: analysis.findings,
    observed,
    predicted: analysis.findings.filter(finding => finding.product === 'predicted'),
    ids: observed.map(finding => finding.detector),
  }
}

/** What was observed in spans of one process without a recorder: `detector subject victims`. */
export async function observedIn(spans: readonly SpanInput[]): Promise<string[]> {
  const { store, report } = await importOf({ spans })
  return analyze(store, readModel(store), report)
    .findings.filter(({ product }) => product === 'observed')
    .map(({ detector, subject, victims }) => `${detector} ${subject.name} ${victims.count}`)
}
