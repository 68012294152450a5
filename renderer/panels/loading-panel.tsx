import './loading-panel.css'
import type { Loading } from '../state/trace.ts'
import { bytes, plural } from '../widgets/format.ts'
import { LoadingLanes } from './loading-lanes.tsx'

/** Progress in bytes and spans, a way out, and what can be drawn already. */
export function LoadingPanel({ loading }: { readonly loading: Loading }) {
  const { names, progress, preview, stage, cancel } = loading
  const total = progress?.bytesTotal ?? -1
  const reading = stage === 'reading' && total > 0
  return (
    <section className="loading" aria-label="Loading" aria-busy="true">
      <div className="loading-head">
        <h2>{names.length === 1 ? names[0] : `${names[0]} and ${names.length - 1} more`}</h2>
        <span>{words(loading)}</span>
        <button type="button" className="button small" onClick={cancel}>
          Cancel
        </button>
      </div>
      <progress aria-label="Progress" {...(reading && { value: progress!.bytesRead, max: total })} />
      {preview && <LoadingLanes preview={preview} isAll={stage === 'analysing'} />}
    </section>
  )
}

function words({ progress, stage }: Loading): string {
  if (!progress) return 'Reading'
  const spans = plural(progress.spans, 'span')
  if (stage === 'analysing') return `${spans} read · looking for what went wrong`
  const total = progress.bytesTotal > 0 ? ` of ${bytes(progress.bytesTotal)}` : ''
  return `${bytes(progress.bytesRead)}${total} · ${spans}`
}
