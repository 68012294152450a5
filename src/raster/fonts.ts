import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GlobalFonts } from '@napi-rs/canvas'
import type { EmbeddedFont } from '../core/share/font-css.ts'

/** The fonts of the app, by the family names of the theme; Skia reads variable WOFF2 as it is. */
const families: readonly (readonly [family: string, module: string, file: RegExp])[] = [
  ['Inter Variable', '@fontsource-variable/inter', /^inter-.*-wght-normal\.woff2$/],
  [
    'JetBrains Mono Variable',
    '@fontsource-variable/jetbrains-mono',
    /^jetbrains-mono-.*-wght-normal\.woff2$/,
  ],
]

/** The Latin part of each family, to travel inside a file. */
export async function embeddedFonts(): Promise<readonly EmbeddedFont[]> {
  const found = await Promise.all(
    families.map(async ([family, module, file]) => {
      const [latin] = await filesOf(module, file)
      return latin ? [{ family, bytes: await readFile(latin) }] : []
    }),
  )
  return found.flat()
}

let registered: Promise<void> | null = null

/** Registers the fonts once. A missing font is no error: the stacks name fall-backs. */
export const registerFonts = (): Promise<void> => {
  registered ??= Promise.all(families.map(entry => register(...entry))).then(() => undefined)
  return registered
}

async function register(family: string, module: string, file: RegExp): Promise<void> {
  for (const path of await filesOf(module, file)) GlobalFonts.register(await readFile(path), family)
}

/** Latin first: the first file of a family decides its metrics. None when the font is not installed. */
async function filesOf(module: string, file: RegExp): Promise<readonly string[]> {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${module}/package.json`)
    const folder = join(dirname(manifest), 'files')
    const names = (await readdir(folder)).filter(name => file.test(name))
    names.sort((a, b) => Number(b.includes('-latin-wght')) - Number(a.includes('-latin-wght')))
    return names.map(name => join(folder, name))
  } catch {
    // The system's sans-serif then.
    return []
  }
}
