import { cutMiddle, oneLine } from '../scene/measure.ts'
import type { SceneInput } from '../scene/scene.ts'
import type { PictureOptions } from './picture-parts.ts'

/** One line, cut in the middle. */
export const fitted = ({ measure }: PictureOptions, text: string, maxPx: number, size: number): string =>
  cutMiddle(oneLine(text), maxPx, part => measure(part, size, false))

/** Words on at most `maxLines` lines, the first one maybe shorter; what is left over is cut. */
export function wrapLines(
  text: string,
  firstPx: number,
  restPx: number,
  size: number,
  bold: boolean,
  measure: SceneInput['measure'],
  maxLines: number,
): string[] {
  const lines: string[] = []
  const width = (part: string): number => measure(part, size, bold)
  let rest = text.trim()
  while (rest !== '' && lines.length < maxLines) {
    const room = lines.length === 0 ? firstPx : restPx
    if (width(rest) <= room || lines.length === maxLines - 1) {
      lines.push(cutMiddle(rest, room, width))
      break
    }
    const words = rest.split(' ')
    let line = words[0] ?? ''
    let used = 1
    while (used < words.length && width(`${line} ${words[used]}`) <= room) line += ` ${words[used++]}`
    lines.push(cutMiddle(line, room, width))
    rest = words.slice(used).join(' ')
  }
  return lines
}
