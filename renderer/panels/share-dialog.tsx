import './share-dialog.css'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { redactNotebook, visibleWords } from '../../src/core/share/redact-notebook.ts'
import { STAYS_VISIBLE } from '../../src/core/share/stays-visible.ts'
import { announce, toast } from '../actions/announce.ts'
import { redactInEngine } from '../engine.ts'
import {
  altText,
  type ShareChoices,
  type Shared,
  sharedBundle,
  sharedPng,
  sharedScene,
  sharedSvg,
  shareName,
} from '../share-picture.ts'
import { sharedReport } from '../share-report.ts'
import { notebookNow } from '../state/notebook-io.ts'
import { findingNow } from '../state/shown.ts'
import { screenPainter } from '../timeline/canvas.ts'
import { useApp, useTheme } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { bytes } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'

/** A picture or bundle of what is looked at: choices on the left, what will be visible on the right. */
export function ShareDialog() {
  const app = useApp()
  const theme = useTheme()
  const finding = findingNow(app)
  const [choices, setChoices] = useState<ShareChoices>({
    what: 'view',
    scale: 2,
    theme,
    title: '',
    caption: true,
    legend: true,
    notes: true,
    redact: false,
    embed: 'view',
  })
  const set = (change: Partial<ShareChoices>): void => setChoices(now => ({ ...now, ...change }))
  const shared = useShared(choices.redact)
  const alt = shared ? altText(app, shared, choices) : ''

  const save = async (suffix: string, type: string, make: () => Uint8Array | Promise<Uint8Array>) => {
    try {
      const made = await app.pending.track(Promise.resolve().then(make))
      const result = await app.host.saveFile(shareName(app, choices, suffix), made, type)
      if (result.saved) toast(app, `Saved ${result.where} · ${bytes(made.length)}`)
      else if (result.why) toast(app, result.why, 'problem')
    } catch (error) {
      toast(app, `Could not be exported: ${error instanceof Error ? error.message : error}`, 'problem')
    }
  }

  const copy = async (): Promise<void> => {
    try {
      const png = sharedPng(app, shared!, { ...choices, embed: 'none' }).then(
        made => new Blob([made as Uint8Array<ArrayBuffer>], { type: 'image/png' }),
      )
      await app.pending.track(navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]))
      toast(app, 'Picture copied. Clipboards drop what is embedded: use Export PNG to keep the view inside')
    } catch (error) {
      toast(app, `Could not be copied: ${error instanceof Error ? error.message : error}`, 'problem')
    }
  }

  return (
    <Dialog title="Share" className="share">
      <div className="share-body">
        <form className="share-choices scroll" onSubmit={event => event.preventDefault()}>
          <Choice label="What">
            <Segments
              label="What"
              value={choices.what}
              options={[
                ['view', 'Lanes on screen'],
                ['finding', finding ? `Finding ${finding.id}` : 'Finding', !finding],
              ]}
              onChange={what => set({ what })}
            />
          </Choice>
          <Choice label="Size">
            <Segments
              label="Size"
              value={choices.scale}
              options={[
                [1, '1×'],
                [2, '2×'],
                [3, '3×'],
              ]}
              onChange={scale => set({ scale })}
            />
          </Choice>
          <Choice label="Theme">
            <Segments
              label="Theme"
              value={choices.theme}
              options={[
                ['light', 'Light'],
                ['dark', 'Dark'],
              ]}
              onChange={to => set({ theme: to })}
            />
          </Choice>
          <label className="share-field">
            <span className="overline">Title</span>
            <input
              className="input"
              value={choices.title}
              placeholder={finding?.text.title ?? 'Title of the picture'}
              onChange={event => set({ title: event.target.value })}
            />
          </label>
          <fieldset className="share-field">
            <legend className="overline">Show</legend>
            <Check label="Caption" checked={choices.caption} onChange={caption => set({ caption })} />
            <Check label="Legend" checked={choices.legend} onChange={legend => set({ legend })} />
            <Check label="Notes" checked={choices.notes} onChange={notes => set({ notes })} />
          </fieldset>
          <fieldset className="share-field">
            <legend className="overline">Privacy</legend>
            <Check
              label="Redact identifiers and values"
              hint="Ids, numbers and attribute values become stable pseudonyms, in the picture, in notes and in what is embedded."
              checked={choices.redact}
              onChange={redact => set({ redact })}
            />
            {choices.redact && shared && <StaysVisible shared={shared} choices={choices} />}
          </fieldset>
          <Choice label="Inside the PNG">
            <Segments
              label="Inside the PNG"
              value={choices.embed}
              options={[
                ['none', 'Nothing'],
                ['view', 'View'],
                ['slice', 'View and spans'],
              ]}
              onChange={embed => set({ embed })}
            />
            <span className="share-hint">{embedHints[choices.embed]}</span>
          </Choice>
        </form>
        <figure className="share-preview">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <div className="share-paper scroll" tabIndex={0}>
            {shared ? (
              <Preview shared={shared} choices={choices} alt={alt} />
            ) : (
              <p className="muted">Redacting…</p>
            )}
          </div>
          <figcaption>
            <span className="overline">Alt text</span>
            <span className="share-alt">{alt}</span>
            <button
              type="button"
              className="icon-button tiny"
              aria-label="Copy alt text"
              onClick={() =>
                void navigator.clipboard.writeText(alt).then(() => announce(app, 'Alt text copied'))
              }
            >
              <Icon name="copy" />
            </button>
          </figcaption>
        </figure>
      </div>
      <footer className="share-foot">
        <button
          type="button"
          className="button"
          disabled={!shared}
          onClick={() =>
            void save('interleave', 'application/gzip', () => sharedBundle(app, shared!, choices))
          }
        >
          Export .interleave
        </button>
        <button
          type="button"
          className="button"
          disabled={!shared}
          onClick={() => void save('html', 'text/html', () => sharedReport(app, shared!, choices.title))}
        >
          Export report
        </button>
        <span className="spacer" />
        <button type="button" className="button" disabled={!shared} onClick={() => void copy()}>
          <Icon name="copy" /> Copy picture
        </button>
        <button
          type="button"
          className="button"
          disabled={!shared}
          onClick={() => void save('svg', 'image/svg+xml', () => sharedSvg(app, shared!, choices))}
        >
          Export SVG
        </button>
        <button
          type="button"
          className="button primary"
          disabled={!shared}
          onClick={() => void save('png', 'image/png', () => sharedPng(app, shared!, choices))}
        >
          Export PNG
        </button>
      </footer>
    </Dialog>
  )
}

const embedHints: Record<ShareChoices['embed'], string> = {
  none: 'A picture and nothing else.',
  view: 'Dropped onto Interleave with the same trace open, it brings back this view and these notes.',
  slice: 'Opens by itself: the spans of this stretch of time travel inside.',
}

/** What to share: as it is, or redacted in the engine. Null while that is under way. */
function useShared(redact: boolean): Shared | null {
  const app = useApp()
  const trace = app.trace.getState().trace!
  const plain = useMemo((): Shared => ({ ...trace, notebook: notebookNow(app)! }), [app, trace])
  const [redacted, setRedacted] = useState<Shared | null>(null)
  useEffect(() => {
    if (!redact || redacted) return
    const control = new AbortController()
    app.pending.track(redactInEngine({ ...trace, store: trace.session.store }, control.signal)).then(
      ({ session, report, pseudonyms }) =>
        setRedacted({
          session,
          report,
          notebook: redactNotebook(plain.notebook, trace.session, session, pseudonyms),
        }),
      error => {
        if (!control.signal.aborted) toast(app, `Could not be redacted: ${error.message}`, 'problem')
      },
    )
    return () => control.abort()
  }, [app, trace, plain, redact, redacted])
  return redact ? redacted : plain
}

/** Before it is sent: what redaction leaves, and people's own words as they will be read. */
function StaysVisible({ shared, choices }: { readonly shared: Shared; readonly choices: ShareChoices }) {
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

const MOST_WORDS = 50

interface PreviewProps {
  readonly shared: Shared
  readonly choices: ShareChoices
  readonly alt: string
}

function Preview({ shared, choices, alt }: PreviewProps) {
  const app = useApp()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scene = useMemo(() => sharedScene(app, shared, choices), [app, shared, choices])
  useEffect(() => {
    screenPainter(canvas.current!)(scene)
    // The painter sets the size of the scene; here the paper is as wide as there is room.
    canvas.current!.style.width = '100%'
    canvas.current!.style.height = 'auto'
  }, [scene])
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={alt} />
      <p className="share-size">
        {Math.ceil(scene.widthPx * choices.scale)} × {Math.ceil(scene.heightPx * choices.scale)} px
      </p>
    </>
  )
}

const Choice = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className="share-field">
    <span className="overline" aria-hidden="true">
      {label}
    </span>
    {children}
  </div>
)

interface SegmentsProps<Value extends string | number> {
  readonly label: string
  readonly value: Value
  readonly options: readonly (readonly [value: Value, text: string, disabled?: boolean])[]
  readonly onChange: (value: Value) => void
}

function Segments<Value extends string | number>({ label, value, options, onChange }: SegmentsProps<Value>) {
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {options.map(([option, text, disabled]) => (
        // biome-ignore lint/a11y/useSemanticElements: segments are buttons that look like one control
        <button
          key={option}
          type="button"
          role="radio"
          aria-checked={option === value}
          disabled={disabled ?? false}
          onClick={() => onChange(option)}
        >
          {text}
        </button>
      ))}
    </div>
  )
}

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
