import './empty-state.css'
import { useEffect, useState } from 'react'
import type { OpenedFile, Sample } from '../../src/host/host.ts'
import { fromHost, openFiles } from '../actions/open.ts'
import { openDialog, openSample } from '../actions/open-dialog.ts'
import { useApp } from '../widgets/app-context.ts'
import { bytes } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { EmptyArt } from './empty-art.tsx'

/** Before anything is open: where to drop, what to try, what was open before. */
export function EmptyState() {
  const app = useApp()
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const [recent, setRecent] = useState<readonly OpenedFile[]>([])
  useEffect(() => {
    // A host without samples or a past is fine: the drop zone is enough.
    void app.pending.track(app.host.samples().then(setSamples, () => {}))
    void app.pending.track(app.host.recentFiles().then(setRecent, () => {}))
  }, [app])
  return (
    <div className="empty scroll">
      <div className="empty-inner">
        <div className="empty-hero">
          <EmptyArt />
          <h1>See who blocked whom.</h1>
          <p>
            Drop OpenTelemetry files of an incident. Tasks, awaits and held resources become lanes; races,
            stalls and exhausted pools are found and explained.
          </p>
          <div className="empty-actions">
            <button
              type="button"
              className="button primary large"
              onClick={() => void openDialog(app, false)}
            >
              <Icon name="open" /> Open a trace
            </button>
            <span className="muted">or drop files anywhere on this window</span>
          </div>
          <p className="empty-formats">
            OTLP, Jaeger, Zipkin, Tempo, Chrome traces, logs, compressed or not · several files become one
            trace · a shared picture or <span className="mono">.interleave</span> file reopens its view
          </p>
        </div>
        {samples.length > 0 && (
          <section aria-labelledby="samples-heading">
            <h2 id="samples-heading" className="overline">
              Sample incidents
            </h2>
            <ul className="samples">
              {samples.map(({ id, title, summary }) => (
                <li key={id}>
                  <button type="button" onClick={() => void openSample(app, id)}>
                    <strong>{title}</strong>
                    <span>{summary}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {recent.length > 0 && (
          <section aria-labelledby="recent-heading">
            <h2 id="recent-heading" className="overline">
              Recent files
            </h2>
            <ul className="recent">
              {recent.slice(0, 8).map(file => (
                <li key={file.token}>
                  <button type="button" onClick={() => void openFiles(app, [fromHost(app, file)])}>
                    <Icon name="file" />
                    <span>{file.name}</span>
                    <span className="muted">{bytes(file.size)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  )
}
