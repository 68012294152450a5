import { useState } from 'react'
import type { Finding } from '../../../src/core/detect/finding.ts'

import { selectFinding } from '../../actions/select.ts'
import { useApp } from '../../widgets/app-context.ts'
import { count } from '../../widgets/format.ts'

const FIRST = 4

/** Where else the same defect shows: each one a way to its card. */
export function Alike({ others }: { readonly others: readonly Finding[] }) {
  const app = useApp()
  const [all, setAll] = useState(false)
  const shown = all ? others : others.slice(0, FIRST)
  return (
    <div className="row-links alike">
      {shown.map(({ id, subject, text }) => (
        <button
          key={id}
          type="button"
          className="link"
          title={text.title}
          onClick={() => selectFinding(app, id)}
        >
          {id} {subject.name}
        </button>
      ))}
      {shown.length < others.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          and {count(others.length - shown.length)} more
        </button>
      )}
    </div>
  )
}
