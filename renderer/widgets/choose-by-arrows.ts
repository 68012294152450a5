import type { KeyboardEvent } from 'react'

/**
 * For a row of buttons of which one is chosen (tabs, segments): arrows, Home and End choose another and go to it, as the
 * ARIA Authoring Practices ask (patterns "Tabs" and "Radio Group"); Tab goes to the chosen one only.
 */
export function chooseByArrows(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button:enabled')]
  const at = buttons.indexOf(event.target as HTMLButtonElement)
  if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const to = goal(event.key, at, buttons.length)
  if (to === null) return
  event.preventDefault()
  buttons[to]?.focus()
  buttons[to]?.click()
}

function goal(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return (at + 1) % count
    case 'ArrowLeft':
    case 'ArrowUp':
      return (at - 1 + count) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
