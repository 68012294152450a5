import { useMemo, useState } from 'react'
import type { Finding } from '../../../src/core/detect/finding.ts'
import {
  languageOf,
  type SkeletonLanguage,
  skeletonLanguages,
  testSkeleton,
} from '../../../src/core/report/skeleton/test-skeleton.ts'
import { announce, toast } from '../../actions/announce.ts'
import { useApp } from '../../widgets/app-context.ts'

const names: Record<SkeletonLanguage, string> = { node: 'Node', python: 'Python' }

/** A test that forces what was recorded, to be copied. Absent for classes that no test can force. */
export function Reproduce({ finding }: { readonly finding: Finding }) {
  const app = useApp()
  const [language, setLanguage] = useState(() => languageOf(finding))
  const text = useMemo(() => testSkeleton(finding, language), [finding, language])
  if (text === null) return null
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => announce(app, 'Test copied'),
      () => toast(app, 'The test could not be copied', 'problem'),
    )
  }
  return (
    <section className="card-part" aria-label="Reproduce">
      <h3 className="overline">Reproduce</h3>
      <details className="skeleton">
        <summary>A test that makes it happen every time; comments say what to fill in</summary>
        <textarea className="mono" aria-label="Test" readOnly rows={18} spellCheck={false} value={text} />
      </details>
      <div className="skeleton-actions">
        <button type="button" className="button small" onClick={copy}>
          Copy test
        </button>
        <select
          className="fact"
          aria-label="Language of the test"
          value={language}
          onChange={event => setLanguage(event.target.value as SkeletonLanguage)}
        >
          {skeletonLanguages.map(each => (
            <option key={each} value={each}>
              {names[each]}
            </option>
          ))}
        </select>
      </div>
    </section>
  )
}
