import { type App, createApp } from '../../renderer/state/app.ts'
import { saveNotebook } from '../../renderer/state/notebook-io.ts'
import { initialSelection } from '../../renderer/state/selection.ts'
import { fitAll } from '../../renderer/timeline/viewport.ts'
import { emptyConfig } from '../../src/core/config/config.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import type { Host, NotebookSource } from '../../src/host/host.ts'

/** Timers that run when the test says so. */
export interface Clock {
  now: number
  readonly due: { run: () => void; at: number }[]
  advance(ms: number): void
}

export function fakeClock(): Clock {
  const clock: Clock = {
    now: 0,
    due: [],
    advance(ms) {
      clock.now += ms
      for (const timer of clock.due.splice(0)) {
        if (timer.at <= clock.now) timer.run()
        else clock.due.push(timer)
      }
    },
  }
  return clock
}

export const setTimerOn =
  (clock: Clock) =>
  (run: () => void, ms: number): (() => void) => {
    const timer = { run, at: clock.now + ms }
    clock.due.push(timer)
    return () => {
      const at = clock.due.indexOf(timer)
      if (at >= 0) clock.due.splice(at, 1)
    }
  }

export interface Saved {
  readonly source: NotebookSource
  readonly json: string
}

/** An app with a session on screen, a host that keeps what is saved, and a clock that stands still. */
export function appOf(session: Session | null): { app: App; clock: Clock; saved: Saved[] } {
  const saved: Saved[] = []
  const host: Host = {
    kind: 'browser',
    start: async () => ({ version: '1.2.3', files: [], author: 'ada' }),
    openDialog: async () => null,
    samples: async () => [],
    openSample: async () => ({ token: 't', name: 'sample', size: 1 }),
    fileUrl: token => `http://host/file/${token}`,
    loadNotebook: async () => ({ kept: null, aside: '' }),
    saveNotebook: async (source, json) => {
      saved.push({ source, json })
      return { kind: 'saved', where: 'bug.interleave.json', aside: '', etag: String(saved.length) }
    },
    saveConfig: async () => ({ saved: true, where: 'interleave.config.json' }),
    saveFile: async name => ({ saved: true, where: name }),
    paintPicture: async () => new Uint8Array(),
    recentFiles: async () => [],
    startReceiving: async () => {
      throw new Error('no receiver here')
    },
    receiving: async () => null,
    stopReceiving: async () => null,
    onOpenFiles: () => () => {},
  }
  const clock = fakeClock()
  const stored = new Map<string, string>()
  const app = createApp({
    host,
    info: { version: '1.2.3', files: [], author: 'ada' },
    storage: {
      getItem: key => stored.get(key) ?? null,
      setItem: (key, value) => {
        stored.set(key, value)
      },
    },
    settle: async () => {},
    now: () => clock.now,
    setTimer: setTimerOn(clock),
    save: saveNotebook,
  })
  if (session) {
    app.trace.setState({
      trace: {
        id: 'trace-1',
        session,
        config: emptyConfig,
        report: { inputs: [], issues: [] },
        files: [
          { name: 'bug.otlp.jsonl', size: 1, token: 'token-1', from: { url: 'http://host/file/token-1' } },
        ],
        name: 'bug.otlp.jsonl',
      },
    })
    app.view.setState({ ...fitAll(session.store.durationNs), playheadNs: 0 })
    app.selection.setState(initialSelection)
  }
  Object.assign(app.surface, { widthPx: 1000, heightPx: 600, rulerPx: 44, contentPx: 2000 })
  return { app, clock, saved }
}
