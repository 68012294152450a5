import type { Mark, Painter, Scene } from './scene.ts'

/**
 * Writes a scene down, a line a mark, numbers rounded: what tests read and compare.
 *
 *     rect hatch #d55e00 120,64 80×14
 *     text "7 ms apart" 140,90
 */
export class LogPainter implements Painter {
  readonly lines: string[] = []

  paint(scene: Scene): void {
    for (const mark of scene.marks) this.lines.push(lineOf(mark))
  }

  /** Texts that were drawn, in order. */
  static textsOf(scene: Scene): string[] {
    return scene.marks.flatMap(mark => (mark.kind === 'text' ? [mark.text] : []))
  }
}

const at = (x: number, y: number): string => `${round(x)},${round(y)}`
const round = (value: number): number => Math.round(value * 10) / 10

function lineOf(mark: Mark): string {
  switch (mark.kind) {
    case 'rect':
      return `rect ${mark.pattern} ${mark.fill} ${at(mark.x, mark.y)} ${round(mark.w)}×${round(mark.h)}${mark.stroke ? ` stroke ${mark.stroke} ${mark.strokeWidth}` : ''}${mark.dashed ? ' dashed' : ''}`
    case 'line':
      return `line ${mark.stroke} ${at(mark.x1, mark.y1)} → ${at(mark.x2, mark.y2)}${mark.arrow ? ' arrow' : ''}${mark.dashed ? ' dashed' : ''}`
    case 'text':
      return `text "${mark.text}" ${at(mark.x, mark.y)}`
    case 'path':
      return `path ${mark.fill ?? 'none'} ${mark.stroke ?? 'none'} ${mark.points.length / 2} points`
    case 'symbol':
      return `symbol ${mark.symbol} ${mark.fill} ${at(mark.x, mark.y)}`
    case 'clip':
      return `clip ${at(mark.x, mark.y)} ${round(mark.w)}×${round(mark.h)}`
    case 'unclip':
      return 'unclip'
  }
}
