import './live-dialog.css'
import { type FormEvent, useEffect, useState } from 'react'
import { isShown, openLive, resumeLive, saveLive, startLive, stopLive } from '../actions/live.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { plural } from '../widgets/format.ts'

/** Port of OTLP over HTTP. */
const USUAL_PORT = '4318'

/** Receiving spans as they are sent: where to send them, what has come, and what to do with it. */
export function LiveDialog() {
  const app = useApp()
  const on = useApps(
    ({ live }) => live,
    state => state.on,
  )
  // Another window may have begun it.
  useEffect(() => void resumeLive(app), [app])
  return (
    <Dialog title="Live" className="live">
      <div className="live-body scroll">{on ? <Listening /> : <Start />}</div>
    </Dialog>
  )
}

function Start() {
  const app = useApp()
  const { problem, receiving } = useApps(
    ({ live }) => live,
    state => state,
  )
  const [port, setPort] = useState(USUAL_PORT)
  const number = Number(port)
  const valid = Number.isInteger(number) && number >= 1 && number <= 65_535
  const start = (event: FormEvent): void => {
    event.preventDefault()
    if (valid) void startLive(app, number)
  }
  return (
    <>
      <p>
        Takes what OpenTelemetry exporters on this machine send, shows it as it arrives, and keeps it in a
        file. Nothing else can reach it.
      </p>
      <form className="live-start" onSubmit={start}>
        <label>
          Port
          <input
            className="input mono"
            inputMode="numeric"
            aria-invalid={!valid}
            value={port}
            onChange={event => setPort(event.target.value.replace(/\D/g, '').slice(0, 5))}
          />
        </label>
        <button type="submit" className="button primary" disabled={!valid}>
          Start receiving
        </button>
      </form>
      {problem && (
        <p className="live-problem" role="alert">
          {problem}
        </p>
      )}
      {receiving && <Received />}
    </>
  )
}

function Listening() {
  const app = useApp()
  const address = useApps(
    ({ live }) => live,
    state => state.receiving?.address ?? '',
  )
  return (
    <>
      <p>Send OTLP over HTTP (protobuf or JSON) to</p>
      <code className="live-address">{address}</code>
      <p className="muted">Most SDKs do with these two variables in the service’s environment:</p>
      <pre className="live-variables mono">
        {`OTEL_EXPORTER_OTLP_ENDPOINT=${address}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`}
      </pre>
      <Received />
      <button type="button" className="button live-stop" onClick={() => void stopLive(app)}>
        Stop receiving
      </button>
    </>
  )
}

function Received() {
  const app = useApp()
  const receiving = useApps(
    ({ live }) => live,
    state => state.receiving,
  )
  useApps(
    ({ trace }) => trace,
    state => state.trace,
  )
  if (!receiving) return null
  const { spans, logs, metrics, rejected } = receiving.counts
  const empty = spans + logs + metrics === 0
  return (
    <section className="live-received" aria-label="Received">
      <p role="status">
        {empty
          ? 'Nothing has come yet.'
          : [
              plural(spans, 'span'),
              ...(logs > 0 ? [plural(logs, 'log record')] : []),
              ...(metrics > 0 ? [plural(metrics, 'metric')] : []),
              ...(rejected > 0 ? [`${rejected} not taken: the file is full`] : []),
            ].join(' · ')}
      </p>
      {!empty && (
        <>
          <div className="live-actions">
            <button type="button" className="button" onClick={() => void saveLive(app)}>
              Save a copy
            </button>
            {!isShown(app, receiving.file.token) && (
              <button type="button" className="button" onClick={() => void openLive(app)}>
                Show it
              </button>
            )}
          </div>
          <p className="live-where muted">Kept in {receiving.where}</p>
        </>
      )}
    </section>
  )
}
