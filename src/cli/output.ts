import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { writeProblem } from '../host/service/write-problem.ts'
import { UsageError } from './usage-error.ts'

/** The kind of file that `-o` names, by its ending. */
export function kindOf<Kind extends string>(path: string, kinds: readonly Kind[], what: string): Kind {
  const ending = extname(path).toLowerCase().slice(1)
  const kind = kinds.find(each => each === ending)
  if (kind !== undefined) return kind
  throw new UsageError(`${path}: name the ${what} ${kinds.map(each => `.${each}`).join(' or ')}`)
}

export async function write(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content).catch(error => {
    throw new UsageError(`${path}: cannot be written: ${writeProblem(error)}`)
  })
}
