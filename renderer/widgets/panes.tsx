/** Resizable, collapsible panes whose sizes are remembered in the settings. */
import type { ReactNode } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { useApp } from './app-context.ts'

interface PanesProps {
  readonly id: string
  readonly orientation: 'horizontal' | 'vertical'
  readonly children: ReactNode
}

export function Panes({ id, orientation, children }: PanesProps) {
  const app = useApp()
  const layout = app.settings.getState().layouts[id]
  return (
    <Group
      id={id}
      orientation={orientation}
      {...(layout && { defaultLayout: layout })}
      onLayoutChanged={(sizes, { isUserInteraction }) => {
        if (!isUserInteraction) return
        app.settings.setState(({ layouts }) => ({ layouts: { ...layouts, [id]: sizes } }))
      }}
    >
      {children}
    </Group>
  )
}

interface PaneProps {
  readonly id: string
  /** Pixels as a number, percent as a string. */
  readonly size?: number | string
  readonly min: number
  readonly collapsible?: boolean
  readonly children: ReactNode
}

export const Pane = ({ id, size, min, collapsible = false, children }: PaneProps) => (
  <Panel
    id={id}
    minSize={min}
    collapsible={collapsible}
    className="pane"
    {...(size !== undefined && { defaultSize: size })}
    {...(typeof size === 'number' && { groupResizeBehavior: 'preserve-pixel-size' as const })}
  >
    {children}
  </Panel>
)

export const Splitter = ({ label }: { readonly label: string }) => (
  <Separator className="splitter" aria-label={label} />
)
