import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'
import mono from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?url'
import type { EmbeddedFont } from '../../src/core/share/font-css.ts'

let fonts: Promise<readonly EmbeddedFont[]> | null = null

/** The Latin part of the fonts that pictures are drawn with, to travel inside them. */
export const pictureFonts = (): Promise<readonly EmbeddedFont[]> => {
  fonts ??= Promise.all([load('Inter Variable', inter), load('JetBrains Mono Variable', mono)])
  return fonts
}

async function load(family: string, url: string): Promise<EmbeddedFont> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`the font ${family} could not be read (${response.status})`)
  return { family, bytes: new Uint8Array(await response.arrayBuffer()) }
}
