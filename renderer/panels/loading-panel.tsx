import type { Loading } from '../state/trace.ts'
import { bytes, plural } from '../widgets/format.ts'

/** Progress in bytes and spans, and a way out. */
export function LoadingPanel({ loading, over }: { readonly loading: Loading; readonly over: boolean }) {
  const { names, progress, stage, cancel } = loading
  const total = progress?.bytesTotal ?? -1
  const reading = stage === 'reading' && total > 0
  const title = names.length === 1 ? names[0] : `${names[0]} and ${names.length - 1} more`
  return (
    <div className={over ? 'loading over' : 'loading'}>
      <section className="loading-card" aria-label="Loading" aria-busy="true">
        <h2>{title}</h2>
        <progress aria-label="Progress" {...(reading && { value: progress!.bytesRead, max: total })} />
        <div className="loading-row">
          <span>
            {stage === 'analysing'
              ? `${plural(progress?.spans ?? 0, 'span')} read · looking for what went wrong`
              : progress
                ? `${bytes(progress.bytesRead)}${total > 0 ? ` of ${bytes(total)}` : ''} · ${plural(progress.spans, 'span')}`
                : 'Reading'}
          </span>
          <button type="button" className="button small" onClick={cancel}>
            Cancel
          </button>
        </div>
      </section>
    </div>
  )
}
