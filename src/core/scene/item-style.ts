import { codeOf } from '../lanes/items.ts'
import { ItemFlag, type ItemKind } from '../lanes/lane.ts'
import type { Pattern } from './scene.ts'
import type { Theme } from './theme.ts'

/** How an item of a kind is drawn. */
export interface ItemStyle {
  readonly fill: string
  readonly pattern: Pattern
  readonly stroke: string
  readonly strokeWidth: number
  /** Fill of what is too narrow for outline and pattern: it still has to be seen. */
  readonly narrow: string
  readonly text: string
  /** Behind the text, where the pattern would fight with it; `''` none. */
  readonly halo: string
}

/** By kind, and whether it failed or is contended: asked for every bar of every frame. */
const styles = new WeakMap<Theme, ItemStyle[]>()

export function itemStyle(theme: Theme, kind: ItemKind, flags: number): ItemStyle {
  const known = styles.get(theme) ?? []
  if (known.length === 0) styles.set(theme, known)
  const failed = (flags & ItemFlag.error) !== 0 && kind !== 'wait' && kind !== 'task'
  const slot = codeOf(kind) * 4 + (failed ? 2 : 0) + ((flags & ItemFlag.contended) !== 0 ? 1 : 0)
  known[slot] ??= failed
    ? { ...base(theme, kind, flags), stroke: theme.error, strokeWidth: 1.5 }
    : base(theme, kind, flags)
  return known[slot]
}

function base(theme: Theme, kind: ItemKind, flags: number): ItemStyle {
  const solid = (fill: string, text: string, stroke = '', strokeWidth = 0): ItemStyle => ({
    fill,
    pattern: 'solid',
    stroke,
    strokeWidth,
    narrow: stroke || fill,
    text,
    halo: '',
  })
  switch (kind) {
    case 'slice':
      return solid(theme.running, theme.runningText)
    case 'await':
      return solid(theme.awaiting, theme.awaitingText)
    case 'wait':
      return {
        fill: theme.waiting,
        pattern: 'hatch',
        stroke: theme.waiting,
        strokeWidth: 1,
        narrow: theme.waiting,
        text: theme.waitingText,
        halo: theme.background,
      }
    case 'queued':
      return solid(theme.hold, theme.holdText, theme.holdEdge, 1)
    case 'hold':
      return (flags & ItemFlag.contended) !== 0
        ? solid(theme.contended, theme.contendedText, theme.contendedEdge, 2)
        : solid(theme.hold, theme.holdText, theme.holdEdge, 1)
    case 'stall':
      return {
        fill: theme.stall,
        pattern: 'cross',
        stroke: theme.stall,
        strokeWidth: 1.5,
        narrow: theme.stall,
        text: theme.stallText,
        halo: theme.background,
      }
    case 'span':
      return { ...solid(theme.span, theme.spanText), narrow: theme.spanEdge }
    case 'timer':
      return { ...solid(theme.timer, theme.text), pattern: 'light' }
    case 'mark':
    case 'access':
      return solid(theme.mark, theme.text)
    case 'task':
      return { ...solid(theme.task, theme.text), narrow: theme.taskEdge }
  }
}
