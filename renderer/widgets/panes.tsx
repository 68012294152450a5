/** Resizable, collapsible panes whose sizes are remembered in the settings. */
import { type ReactNode, useEffect } from 'react'
import { Group, Panel, Separator, usePanelRef } from 'react-resizable-panels'
import { useApp } from './app-context.ts'

interface PanesProps {
  readonly id: string
  readonly orientation: 'horizontal' | 'vertical'
  /** Percent by pane, before the user drags anything. Sizes of single panes are lost when a group is built late. */
  readonly sizes?: Readonly<Record<string, number>>
  readonly children: ReactNode
}

export function Panes({ id, orientation, sizes, children }: PanesProps) {
  const app = useApp()
  const layout = app.settings.getState().layouts[id] ?? sizes
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
  readonly min: number
  readonly children: ReactNode
}

export const Pane = ({ id, min, children }: PaneProps) => (
  <Panel id={id} minSize={min} className="pane">
    {children}
  </Panel>
)

interface SidePaneProps {
  readonly id: 'left' | 'right'
  readonly size: number
  readonly min: number
  readonly children: ReactNode
}

/** A pane that keeps its width in px and can be folded away by dragging, by its button and by its key. */
export function SidePane({ id, size, min, children }: SidePaneProps) {
  const app = useApp()
  const panel = usePanelRef()
  useEffect(() => {
    app.panes[id] = panel.current
    return () => {
      app.panes[id] = null
    }
  }, [app, id, panel])
  return (
    <Panel
      id={id}
      panelRef={panel}
      defaultSize={size}
      minSize={min}
      collapsible
      className="pane"
      groupResizeBehavior="preserve-pixel-size"
      onResize={({ inPixels }) => {
        const open = inPixels > 0
        if (app.dialogs.getState().unfolded[id] === open) return
        app.dialogs.setState(({ unfolded }) => ({ unfolded: { ...unfolded, [id]: open } }))
      }}
    >
      {children}
    </Panel>
  )
}

export const Splitter = ({ label }: { readonly label: string }) => (
  <Separator className="splitter" aria-label={label} />
)
