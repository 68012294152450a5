/**
 * An SVG that reopens its view: the JSON of `payload.ts` as text of `<metadata id="interleave">`. Found by looking for that
 * element, not by parsing: a foreign SVG may be anything.
 */
import type { Extracted } from './png-payload.ts'

const OPENS = '<metadata id="interleave">'
const CLOSES = '</metadata>'

/** True for text that begins as an SVG does. */
export const looksLikeSvg = (head: Uint8Array): boolean =>
  /^\uFEFF?\s*(<\?xml[^>]*\?>\s*)?(<!--[^>]*-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/.test(
    new TextDecoder().decode(head),
  )

/** What an SVG carries for us. Never throws. */
export function extractSvgPayload(bytes: Uint8Array): Exclude<Extracted, { kind: 'not-png' }> {
  const text = new TextDecoder().decode(bytes)
  const from = text.indexOf(OPENS)
  if (from < 0) return { kind: 'none' }
  const to = text.indexOf(CLOSES, from)
  if (to < 0) return { kind: 'broken', why: 'its metadata is cut short' }
  return { kind: 'ok', json: unescapeXml(text.slice(from + OPENS.length, to)) }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['#39', "'"],
])

const unescapeXml = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES.get(name) ?? '')
