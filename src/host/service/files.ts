import { randomBytes } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { OpenedFile } from '../host.ts'

/** Folders of what came over stdin or was received live: a name made up by this app says nothing. */
const madeHere = /^(?:interleave-\w{6}|received)$/

/** Files that the page may read: it knows a token, the shell knows the path. */
export interface OpenFiles {
  /** Hands out a token for a file that exists. Throws an `Error` with one line otherwise. */
  open(path: string): Promise<OpenedFile>
  /** Path behind a token, undefined when nobody was given it. */
  pathOf(token: string): string | undefined
}

export function openFiles(): OpenFiles {
  const pathByToken = new Map<string, string>()
  const tokenByPath = new Map<string, string>()
  return {
    async open(path) {
      const full = await realpath(resolve(path)).catch(() => {
        throw new Error(`${path}: no such file`)
      })
      const info = await stat(full)
      if (info.isDirectory()) throw new Error(`${path}: is a folder; name the trace files in it`)
      if (!info.isFile()) throw new Error(`${path}: is not a regular file`)
      let token = tokenByPath.get(full)
      if (token === undefined) {
        token = randomBytes(24).toString('base64url')
        tokenByPath.set(full, token)
        pathByToken.set(token, full)
      }
      const folder = basename(dirname(full))
      return { token, name: basename(full), ...(!madeHere.test(folder) && { folder }), size: info.size }
    },
    pathOf: token => pathByToken.get(token),
  }
}
