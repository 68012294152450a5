/** All formats. The one whose sniff is surest reads; order breaks ties. A new format is one file and one line here. */
import { chrome } from './chrome.ts'
import { cloudTrace } from './cloud-trace.ts'
import { collectorDebug } from './collector-debug.ts'
import { consoleDotnet } from './console-dotnet.ts'
import { consoleJs } from './console-js.ts'
import { consoleGo, consolePython } from './console-json.ts'
import { datadog } from './datadog.ts'
import { elasticApm } from './elastic-apm.ts'
import type { Head, Importer } from './importer.ts'
import { jaeger } from './jaeger.ts'
import { javaThreads } from './java-threads.ts'
import { otlpJson } from './otlp-json.ts'
import { otlpProtobuf } from './otlp-protobuf.ts'
import { plainLog } from './plain-log.ts'
import { sentry } from './sentry.ts'
import { spanTable } from './span-table.ts'
import { tempo } from './tempo.ts'
import { tokioConsole } from './tokio-console.ts'
import { xRay } from './x-ray.ts'
import { zipkin } from './zipkin.ts'

export const importers: readonly Importer[] = [
  otlpJson,
  tempo,
  otlpProtobuf,
  jaeger,
  zipkin,
  chrome,
  consoleJs,
  consolePython,
  consoleGo,
  consoleDotnet,
  collectorDebug,
  datadog,
  xRay,
  elasticApm,
  sentry,
  cloudTrace,
  tokioConsole,
  javaThreads,
  spanTable,
  plainLog,
]

export function importerFor(head: Head): Importer | null {
  let best: Importer | null = null
  let surest = 0
  for (const importer of importers) {
    const sure = importer.sniff(head)
    if (sure > surest) {
      best = importer
      surest = sure
    }
  }
  return best
}
