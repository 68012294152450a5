import type { Config } from '../config/config.ts'
import { readModel } from '../convention/read-model.ts'
import { analyze } from '../detect/analyze.ts'
import type { ImportReport } from '../import/import.ts'
import { layOutLanes } from '../lanes/lay-out-lanes.ts'
import type { Session } from '../scene/scene.ts'
import type { Store } from '../store/store.ts'
import { redactStore } from './redact.ts'

/** Everything is derived again from the redacted trace, so that no label or sentence tells what it hides. */
export function redactSession(original: Store, report: ImportReport, config: Config): Session {
  const store = redactStore(original)
  const model = readModel(store, config.rules)
  const analysis = analyze(store, model, report, config)
  return { store, model, analysis, lanes: layOutLanes(store, model, analysis) }
}
