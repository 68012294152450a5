import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Shape, writeTrace } from '../generate-trace.ts'

const folder = resolve(import.meta.dirname, '../../.cache/bench')
/** Raise when the generator writes something else. */
const generatorVersion = 1

/** A generated trace, kept between runs. */
export async function generated(spans: number, shape: Shape): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${shape}-${spans}-v${generatorVersion}.otlp.jsonl`)
  if (existsSync(path)) return path
  for (const old of readdirSync(folder)) {
    if (old.startsWith(`${shape}-${spans}-`)) rmSync(join(folder, old))
  }
  process.stderr.write(`bench: writing ${spans.toLocaleString('en')} ${shape} spans …\n`)
  await writeTrace(`${path}.part`, { spans, shape, seed: 1 })
  renameSync(`${path}.part`, path)
  return path
}

export const megabytes = (path: string): number => statSync(path).size / 1e6
