import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface SmallButtonProps extends Omit<ComponentProps<'button'>, 'className' | 'type'> {
  readonly icon: IconName
}

/** One of a row of things that can be done; `title` tells more, and its key. */
export const SmallButton = ({ icon, children, ...button }: SmallButtonProps) => (
  <button type="button" className="button small" {...button}>
    <Icon name={icon} /> {children}
  </button>
)
