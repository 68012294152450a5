import type { ReactNode } from 'react'
import { findingNow } from '../state/shown.ts'
import { useApp } from '../widgets/app-context.ts'
import { type Segment, Segments } from '../widgets/segments.tsx'
import type { ShareChoices } from './share-choices.ts'
import type { Shared } from './share-picture.ts'
import { selectionName } from './shared-view.ts'
import { StaysVisible } from './stays-visible.tsx'

interface ShareFormProps {
  readonly choices: ShareChoices
  /** What will be shared, null while it is redacted. */
  readonly shared: Shared | null
  readonly onChange: (change: Partial<ShareChoices>) => void
}

export function ShareForm({ choices, shared, onChange }: ShareFormProps) {
  const app = useApp()
  const finding = findingNow(app)
  const selection = selectionName(app)
  const subjects: readonly Segment<ShareChoices['what']>[] = [
    { value: 'view', label: 'On screen', title: 'Lanes and times on screen' },
    {
      value: 'selection',
      label: 'Selection',
      title: selection || 'Nothing is selected',
      disabled: selection === '',
    },
    { value: 'finding', label: finding ? `Finding ${finding.id}` : 'Finding', disabled: !finding },
  ]
  return (
    <form className="share-choices scroll" onSubmit={event => event.preventDefault()}>
      <Choice label="What">
        <Segments
          label="What"
          value={choices.what}
          options={subjects}
          onChange={what => onChange({ what })}
        />
      </Choice>
      <Choice label="Size">
        <Segments
          label="Size"
          value={choices.scale}
          options={scales}
          onChange={scale => onChange({ scale })}
        />
      </Choice>
      <Choice label="Theme">
        <Segments
          label="Theme"
          value={choices.theme}
          options={themes}
          onChange={theme => onChange({ theme })}
        />
      </Choice>
      <label className="share-field">
        <span className="overline">Title</span>
        <input
          className="input"
          value={choices.title}
          placeholder={(choices.what !== 'selection' && finding?.text.title) || 'Title of the picture'}
          onChange={event => onChange({ title: event.target.value })}
        />
      </label>
      <fieldset className="share-field">
        <legend className="overline">Show</legend>
        <Check label="Caption" checked={choices.caption} onChange={caption => onChange({ caption })} />
        <Check label="Legend" checked={choices.legend} onChange={legend => onChange({ legend })} />
        <Check label="Notes" checked={choices.notes} onChange={notes => onChange({ notes })} />
      </fieldset>
      <fieldset className="share-field">
        <legend className="overline">Privacy</legend>
        <Check
          label="Redact identifiers and values"
          hint="Ids, numbers and attribute values become stable pseudonyms, in the picture, in notes and in what is embedded."
          checked={choices.redact}
          onChange={redact => onChange({ redact })}
        />
        {choices.redact && shared && <StaysVisible shared={shared} choices={choices} />}
      </fieldset>
      <Choice label="Inside the PNG">
        <Segments
          label="Inside the PNG"
          value={choices.embed}
          options={embeds}
          onChange={embed => onChange({ embed })}
        />
        <span className="share-hint">{embedHints[choices.embed]}</span>
      </Choice>
    </form>
  )
}

const scales: readonly Segment<ShareChoices['scale']>[] = [
  { value: 1, label: '1×' },
  { value: 2, label: '2×' },
  { value: 3, label: '3×' },
]

const themes: readonly Segment<ShareChoices['theme']>[] = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const embeds: readonly Segment<ShareChoices['embed']>[] = [
  { value: 'none', label: 'Nothing' },
  { value: 'view', label: 'View' },
  { value: 'slice', label: 'View and spans' },
]

const embedHints: Record<ShareChoices['embed'], string> = {
  none: 'A picture and nothing else.',
  view: 'Dropped onto Interleave with the same trace open, it brings back this view and these notes.',
  slice: 'Opens by itself: the spans of this stretch of time travel inside.',
}

const Choice = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className="share-field">
    <span className="overline" aria-hidden="true">
      {label}
    </span>
    {children}
  </div>
)

interface CheckProps {
  readonly label: string
  readonly hint?: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

const Check = ({ label, hint, checked, onChange }: CheckProps) => (
  <label className="share-check">
    <input type="checkbox" checked={checked} onChange={event => onChange(event.target.checked)} />
    <span>
      {label}
      {hint && <span className="share-hint">{hint}</span>}
    </span>
  </label>
)
