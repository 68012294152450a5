/** All formats. The one whose sniff is surest reads; order breaks ties. A new format is one file and one line here. */
import { chrome } from './formats/chrome.ts'
import { cloudTrace } from './formats/cloud-trace.ts'
import { collectorDebug } from './formats/collector-debug.ts'
import { consoleDotnet } from './formats/console-dotnet.ts'
import { consoleJs } from './formats/console-js.ts'
import { consoleGo, consolePython } from './formats/console-json.ts'
import { datadog } from './formats/datadog.ts'
import { elasticApm } from './formats/elastic-apm.ts'
import { jaeger } from './formats/jaeger.ts'
import { javaThreads } from './formats/java-threads.ts'
import { plainLog } from './formats/plain-log.ts'
import { sentry } from './formats/sentry.ts'
import { spanTable } from './formats/span-table.ts'
import { tempo } from './formats/tempo.ts'
import { tokioConsole } from './formats/tokio-console.ts'
import { xRay } from './formats/x-ray.ts'
import { zipkin } from './formats/zipkin.ts'
import type { Head, Importer } from './importer.ts'
import { otlpJson } from './otlp/otlp-json.ts'
import { otlpProtobuf } from './otlp/otlp-protobuf.ts'

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
