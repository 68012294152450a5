/**
 * Every message of the `Host` contract, checked at run time on the shell's side. The schemas are typed by the interface:
 * a signature that changes in `host.ts` does not compile here until its schema follows.
 */
import { z } from 'zod'
import { type HostRequests, type Reply, type RequestMethod, requestMethods } from './methods.ts'
import { pictureSchema } from './picture-schema.ts'

/** Characters of a notebook's JSON; far above what a person writes. */
export const maxNotebookLength = 32 * 1024 * 1024
/** Bytes of a picture or bundle that is saved. */
const maxSavedBytes = 512 * 1024 * 1024

const token = z
  .string()
  .max(64)
  .regex(/^[\w-]*$/)
const source = z.strictObject({ fingerprint: z.string().min(1).max(200), token })
const bytes = z
  .instanceof(Uint8Array)
  .refine(value => value.byteLength <= maxSavedBytes, { error: 'too large to save' })

/** Arguments of each request. */
const requestSchemas = {
  start: z.tuple([]),
  openDialog: z.tuple([]),
  samples: z.tuple([]),
  openSample: z.tuple([z.string().min(1).max(200)]),
  loadNotebook: z.tuple([source]),
  saveNotebook: z.tuple([source, z.string().max(maxNotebookLength), z.string().max(200)]),
  saveConfig: z.tuple([token, z.string().max(1024 * 1024)]),
  saveFile: z.tuple([z.string().min(1).max(255), bytes, z.string().max(100)]),
  paintPicture: z.tuple([pictureSchema, z.number().min(1).max(3)]),
  recentFiles: z.tuple([]),
  startReceiving: z.tuple([z.int().min(1).max(65_535)]),
  receiving: z.tuple([]),
  stopReceiving: z.tuple([]),
} satisfies { readonly [M in RequestMethod]: z.ZodType<Parameters<HostRequests[M]>> }

const isRequestMethod = (name: unknown): name is RequestMethod =>
  requestMethods.some(method => method === name)

/** Checks a message and lets a handler answer it. Never throws: whatever goes wrong becomes one line. */
export async function answer(
  handlers: HostRequests,
  method: unknown,
  args: unknown,
): Promise<Reply<unknown>> {
  if (!isRequestMethod(method)) return { error: 'unknown request' }
  const checked = requestSchemas[method].safeParse(args)
  if (!checked.success) {
    const issue = checked.error.issues[0]
    return { error: `${method}: ${issue?.path.join('.') || 'arguments'}: ${issue?.message ?? 'invalid'}` }
  }
  try {
    const handler = handlers[method] as (...checkedArgs: readonly unknown[]) => Promise<unknown>
    return { ok: await handler(...checked.data) }
  } catch (error) {
    return { error: firstLine(error) }
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? 'failed'
