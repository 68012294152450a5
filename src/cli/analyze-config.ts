import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { defaultThresholds, type Thresholds } from '../core/detect/thresholds.ts'
import { UsageError } from './usage-error.ts'

const names = Object.keys(defaultThresholds)

const schema = z.strictObject({
  version: z.literal(1).default(1),
  /** Limits to change, by the names of `src/core/detect/thresholds.ts`. */
  thresholds: z.record(z.string(), z.number().nonnegative()).default({}),
})

/** `--config FILE`: `{ "thresholds": { "stallNs": 50000000 } }`. Throws `UsageError` with the place of what is wrong. */
export async function readConfig(path: string): Promise<Partial<Thresholds>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${path}: ${error.code === 'ENOENT' ? 'no such file' : `cannot be read (${error.code})`}`,
    )
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path}: not JSON: ${(error as Error).message}`)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new UsageError(
      `${path}: ${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'is not a config'}`,
    )
  }
  const unknown = Object.keys(parsed.data.thresholds).find(name => !names.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`${path}: thresholds.${unknown}: no such threshold; known: ${names.join(', ')}`)
  }
  return parsed.data.thresholds as Partial<Thresholds>
}
