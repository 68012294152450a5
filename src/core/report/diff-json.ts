/** `diff --json`, version 1: what a change did, for scripts and CI. */
import { type Comparison, compareRecordings, newProblems, type Recording } from '../compare/compare.ts'
import type { ImportInput } from '../import/import.ts'
import { type TraceJson, traceJson } from './analysis-json.ts'

export interface DiffJson extends Comparison {
  readonly version: 1
  readonly before: RecordingJson
  readonly after: RecordingJson
  /** Something new appeared: the command exits with 1. */
  readonly failed: boolean
}

export interface RecordingJson {
  readonly inputs: readonly ImportInput[]
  readonly fingerprint: string
  readonly trace: TraceJson
}

export function diffJson(before: Recording, after: Recording): DiffJson {
  const comparison = compareRecordings(before, after)
  return {
    version: 1,
    before: recordingJson(before),
    after: recordingJson(after),
    failed: newProblems(comparison).length > 0,
    ...comparison,
  }
}

const recordingJson = ({ session: { store, model }, report }: Recording): RecordingJson => ({
  inputs: report.inputs,
  fingerprint: store.fingerprint,
  trace: traceJson(store, model),
})
