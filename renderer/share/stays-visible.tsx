import { visibleWords } from '../../src/core/share/redact-notebook.ts'
import { STAYS_VISIBLE } from '../../src/core/share/stays-visible.ts'
import type { ShareChoices } from './share-choices.ts'
import type { Shared } from './share-picture.ts'

const MOST_WORDS = 50

interface StaysVisibleProps {
  readonly shared: Shared
  readonly choices: ShareChoices
}

/** Before it is sent: what redaction leaves, and people's own words as they will be read. */
export function StaysVisible({ shared, choices }: StaysVisibleProps) {
  const words = choices.notes ? visibleWords(shared.notebook) : []
  return (
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
  )
}
