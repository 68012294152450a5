import type { ReactNode } from 'react'
import type { Finding } from '../../../src/core/detect/finding.ts'
import type { Session } from '../../../src/core/scene/scene.ts'
import { useApps } from '../../widgets/app-context.ts'
import { instant } from '../../widgets/format.ts'

export interface CardProps {
  readonly session: Session
  readonly finding: Finding
}

/** One part of a card under its heading; assistive technology goes from part to part. */
export const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="card-part" aria-label={title}>
    <h3 className="overline">{title}</h3>
    {children}
  </section>
)

interface WhenProps {
  readonly session: Session
  readonly ns: number
  readonly stepNs?: number
}

/** An instant as the user chose to read times. */
export function When({ session, ns, stepNs = 1e6 }: WhenProps) {
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  return <>{instant(ns, session.store.epochUnixNano, display, stepNs)}</>
}
