import type { ImportOptions } from '../src/core/import/import.ts'
import type { Session } from '../src/core/scene/scene.ts'
import type {
  EngineMessage,
  EngineRequest,
  GivenTrace,
  Names,
  OpenRequest,
  RedactedMessage,
} from './engine-protocol.ts'
import { keepPrepared, type Prepared } from './prepared.ts'
import { SessionJoiner } from './session-parts.ts'
import { takeEngine } from './spare-engine.ts'

/** What a load ends with. */
export type EngineOutcome = Exclude<EngineMessage, { kind: 'progress' | 'preview' | 'part' | 'prepared' }>

/** What is told while files are read. */
export type Telling = Pick<ImportOptions, 'onProgress' | 'onPreview'>

/**
 * Reads and analyses files in a worker of their own, so that the page never waits for them. Aborting ends the worker
 * at once, wherever it is, and rejects with `AbortError`.
 */
export const openInEngine = (
  files: Omit<OpenRequest, 'kind'>,
  signal: AbortSignal,
  telling: Telling = {},
): Promise<EngineOutcome> => ask({ kind: 'open', ...files }, signal, telling)

/** A copy of the trace without identifiers and values, concluded from again; `names` are pseudonyms given already. */
export async function redactInEngine(
  trace: GivenTrace,
  names: Names,
  signal: AbortSignal,
): Promise<RedactedMessage> {
  const outcome = await ask({ kind: 'redact', ...given(trace), names }, signal)
  if (outcome.kind === 'redacted') return outcome
  throw new Error(outcome.kind === 'failed' ? outcome.message : 'unexpected answer')
}

/** The trace concluded from with another config. */
export async function concludeInEngine(trace: GivenTrace, signal: AbortSignal): Promise<Session> {
  const outcome = await ask({ kind: 'conclude', ...given(trace) }, signal)
  if (outcome.kind === 'concluded') return outcome.session
  throw new Error(outcome.kind === 'failed' ? outcome.message : 'unexpected answer')
}

/** Nothing else crosses to the worker. */
const given = ({ store, report, config }: GivenTrace): GivenTrace => ({ store, report, config })

function ask(request: EngineRequest, signal: AbortSignal, telling: Telling = {}): Promise<EngineOutcome> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(aborted())
      return
    }
    const worker = takeEngine()
    const end = (): void => {
      worker.terminate()
      signal.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      end()
      reject(aborted())
    }
    signal.addEventListener('abort', abort)
    const joiner = new SessionJoiner()
    let prepared: Prepared | null = null
    worker.onmessage = ({ data }: MessageEvent<EngineMessage>) => {
      if (data.kind === 'progress') telling.onProgress?.(data.progress)
      else if (data.kind === 'preview') telling.onPreview?.(data.preview)
      else if (data.kind === 'part') joiner.add(data.part)
      else if (data.kind === 'prepared') prepared = data.prepared
      else {
        end()
        resolve(joined(data, joiner, prepared))
      }
    }
    worker.onerror = event => {
      end()
      // A worker that dies without a word of its own nearly always ran out of memory.
      reject(new Error(event.message || 'the analysis stopped; the files may need more memory than there is'))
    }
    worker.postMessage(request)
  })
}

function joined(outcome: EngineOutcome, joiner: SessionJoiner, prepared: Prepared | null): EngineOutcome {
  const whole = (rest: Session): Session => {
    const session = joiner.join(rest)
    if (prepared) keepPrepared(session, prepared)
    return session
  }
  if (outcome.kind === 'redacted' || outcome.kind === 'concluded')
    return { ...outcome, session: whole(outcome.session) }
  if (outcome.kind !== 'opened') return outcome
  const { opened } = outcome
  return { ...outcome, opened: { ...opened, session: whole(opened.session) } }
}

const aborted = (): DOMException => new DOMException('cancelled', 'AbortError')
