import { lostFindings, visibleWords } from '../../src/core/share/redact-notebook.ts'
import { STAYS_VISIBLE } from '../../src/core/share/stays-visible.ts'
import { useSession } from '../widgets/app-context.ts'
import { plural } from '../widgets/format.ts'
import type { ShareChoices } from './share-choices.ts'
import type { Shared } from './share-picture.ts'

const MOST_WORDS = 50

interface StaysVisibleProps {
  readonly shared: Shared
  readonly choices: ShareChoices
}

/** Before it is sent: what redaction leaves, and people's own words as they will be read. */
export function StaysVisible({ shared, choices }: StaysVisibleProps) {
  const original = useSession()!
  const lost = lostFindings(original, shared.session)
  const words = choices.notes ? visibleWords(shared.notebook) : []
  return (
    <>
      <p className={lost.length > 0 ? 'share-hint share-lost' : 'share-hint'}>
        {lost.length > 0
          ? `Not found any more in what is shared, since it rests on hidden values: ${lost.map(({ id }) => id).join(', ')}.`
          : `${plural(original.analysis.findings.length, 'finding')}, the same as before.`}
      </p>
      <details className="share-visible">
        <summary>What stays visible</summary>
        <ul>
          {STAYS_VISIBLE.map(text => (
            <li key={text}>{text}</li>
          ))}
          {choices.title !== '' && <li>the title, as you typed it</li>}
        </ul>
        {words.length > 0 && (
          <>
            <p>Notes and notebook, with known identifiers replaced. Check that nothing is left in them:</p>
            <ul aria-label="Words that stay visible">
              {words.slice(0, MOST_WORDS).map(text => (
                <li key={text}>{text}</li>
              ))}
            </ul>
            {words.length > MOST_WORDS && <p>and {words.length - MOST_WORDS} more</p>}
          </>
        )}
      </details>
    </>
  )
}
