import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'className' | 'type'> {
  readonly icon: IconName
  /** What it is called; `title` tells more, and its key. */
  readonly label: string
  readonly tiny?: boolean
}

/** A button that shows only an icon. */
export const IconButton = ({ icon, label, tiny = false, ...button }: IconButtonProps) => (
  <button type="button" className={tiny ? 'icon-button tiny' : 'icon-button'} aria-label={label} {...button}>
    <Icon name={icon} />
  </button>
)
