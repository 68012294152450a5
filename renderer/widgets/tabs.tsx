import type { ReactNode } from 'react'
import { chooseByArrows } from './choose-by-arrows.ts'

interface TabsProps<Id extends string> {
  /** Name of the row; unique on the page, it ties tabs and panel together. */
  readonly label: string
  readonly chosen: Id
  readonly tabs: readonly Tab<Id>[]
  readonly onChoose: (id: Id) => void
  readonly wrap?: boolean
}

export interface Tab<Id extends string> {
  readonly id: Id
  readonly title: ReactNode
  readonly disabled?: boolean
}

/** The row of tabs above a `TabPanel` of the same label. */
export function Tabs<Id extends string>({ label, chosen, tabs, onChoose, wrap = false }: TabsProps<Id>) {
  return (
    <div
      className={wrap ? 'segments wrap' : 'segments'}
      role="tablist"
      aria-label={label}
      onKeyDown={chooseByArrows}
    >
      {tabs.map(({ id, title, disabled = false }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`${key(label)}-tab-${id}`}
          aria-controls={`${key(label)}-panel`}
          aria-selected={id === chosen}
          tabIndex={id === chosen ? 0 : -1}
          disabled={disabled}
          onClick={() => onChoose(id)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}

interface TabPanelProps {
  readonly label: string
  readonly chosen: string
  readonly className?: string
  /** It scrolls by itself, so that the keyboard has to reach it. */
  readonly scrolls?: boolean
  readonly children: ReactNode
}

/** What the chosen tab shows. */
export const TabPanel = ({ label, chosen, className = '', scrolls = false, children }: TabPanelProps) => (
  <div
    className={scrolls ? `${className} scroll` : className}
    id={`${key(label)}-panel`}
    role="tabpanel"
    aria-labelledby={`${key(label)}-tab-${chosen}`}
    {...(scrolls && { tabIndex: 0 })}
  >
    {children}
  </div>
)

const key = (label: string): string => label.toLowerCase().replaceAll(' ', '-')
