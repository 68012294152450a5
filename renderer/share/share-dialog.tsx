import './share-dialog.css'
import { type ReactNode, useState } from 'react'
import { toast } from '../actions/announce.ts'
import { useApp, useTheme } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { bytes } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { writePicture } from './clipboard-picture.ts'
import type { ShareChoices } from './share-choices.ts'
import { ShareForm } from './share-form.tsx'
import {
  altText,
  partName,
  type Shared,
  sharedBundle,
  sharedPng,
  sharedSvg,
  shareName,
} from './share-picture.ts'
import { SharePreview } from './share-preview.tsx'
import { htmlReport, markdownReport } from './share-report.ts'
import { useShared } from './use-shared.ts'

/** A file that the dialog makes. `part` names what of the trace is in it. */
interface Export {
  readonly suffix: string
  readonly type: string
  readonly part: string
  readonly make: (shared: Shared) => Uint8Array | Promise<Uint8Array>
}

/** A picture, bundle or report of what is looked at: choices on the left, what will be visible on the right. */
export function ShareDialog() {
  const app = useApp()
  const theme = useTheme()
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
  const shared = useShared(choices.redact)
  const part = partName(app, choices)

  const save = async (given: Shared, { suffix, type, part, make }: Export): Promise<void> => {
    try {
      const made = await app.pending.track(Promise.resolve().then(() => make(given)))
      const result = await app.host.saveFile(shareName(app, choices.redact, part, suffix), made, type)
      if (result.saved) toast(app, `Saved ${result.where} · ${bytes(made.length)}`)
      else if (result.why) toast(app, result.why, 'problem')
    } catch (error) {
      toast(app, `Could not be exported: ${error instanceof Error ? error.message : error}`, 'problem')
    }
  }

  const copy = async (given: Shared): Promise<void> => {
    try {
      const png = sharedPng(app, given, choices)
      await app.pending.track(writePicture(navigator.clipboard, png, altText(app, given, choices)))
      const inside = choices.embed === 'none' ? '' : '. Pasted into Interleave it brings back what is inside'
      toast(app, `Picture copied${inside}`)
    } catch (error) {
      toast(app, `Could not be copied: ${error instanceof Error ? error.message : error}`, 'problem')
    }
  }

  const button = (label: ReactNode, run: (given: Shared) => Promise<void>, primary = false): ReactNode => (
    <button
      type="button"
      className={primary ? 'button primary' : 'button'}
      disabled={!shared}
      onClick={() => shared && void run(shared)}
    >
      {label}
    </button>
  )
  const exportButton = (label: string, file: Export, primary = false): ReactNode =>
    button(label, given => save(given, file), primary)

  return (
    <Dialog title="Share" className="share">
      <div className="share-body">
        <ShareForm
          choices={choices}
          shared={shared}
          onChange={change => setChoices(now => ({ ...now, ...change }))}
        />
        <figure className="share-preview">
          {shared ? (
            <SharePreview shared={shared} choices={choices} />
          ) : (
            <p className="share-paper muted">Redacting…</p>
          )}
        </figure>
      </div>
      <footer className="share-foot">
        {exportButton('HTML report', {
          suffix: 'html',
          type: 'text/html',
          part: 'report',
          make: given => htmlReport(app, given, choices.title),
        })}
        {exportButton('Markdown report', {
          suffix: 'zip',
          type: 'application/zip',
          part: 'report',
          make: given => markdownReport(app, given, choices.title),
        })}
        <span className="spacer" />
        {exportButton('Export .interleave', {
          suffix: 'interleave',
          type: 'application/gzip',
          part,
          make: given => sharedBundle(app, given, choices),
        })}
        {button(
          <>
            <Icon name="copy" /> Copy picture
          </>,
          copy,
        )}
        {exportButton('Export SVG', {
          suffix: 'svg',
          type: 'image/svg+xml',
          part,
          make: given => sharedSvg(app, given, choices),
        })}
        {exportButton(
          'Export PNG',
          { suffix: 'png', type: 'image/png', part, make: given => sharedPng(app, given, choices) },
          true,
        )}
      </footer>
    </Dialog>
  )
}
