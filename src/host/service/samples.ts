import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sample } from '../host.ts'

/** The incidents that come with the app, in the order a newcomer should meet them. */
const incidents: readonly {
  readonly folder: string
  readonly title: string
  readonly summary: string
  readonly fixed: string
}[] = [
  {
    folder: 'frozen-app',
    title: 'The frozen app',
    summary:
      'A check at the start of each stream keeps its connection: ten streams, a pool of ten, request 11 waits.',
    fixed: 'The check gives its connection back at once: the same ten streams, nobody waits.',
  },
  {
    folder: 'double-completion',
    title: 'Completed twice',
    summary: 'Two requests a few milliseconds apart both read “in progress” and both complete the same job.',
    fixed: 'A row lock and a 409: the second request waits, sees the job done, and says so.',
  },
  {
    folder: 'blocked-loop',
    title: 'The blocked loop',
    summary: 'A synchronous computation in one handler makes every heartbeat late, and a client is dropped.',
    fixed: 'The computation runs in a worker thread: heartbeats keep their beat.',
  },
  {
    folder: 'lying-clock',
    title: 'The lying clock',
    summary: 'A session timer awaits a broadcast on every tick; one slow client stretches everybody’s clock.',
    fixed: 'The timer reads the clock and the broadcast has a timeout: one slow client is slow alone.',
  },
]

/** Made by `scripts/gallery.ts`: to learn what is drawn how. */
const gallery: Sample = {
  id: 'gallery',
  title: 'Gallery of lanes',
  summary: 'Every kind of lane and every state a bar can be in, each named for what it shows.',
}

const variants = [
  { file: 'bug.otlp.jsonl', suffix: '', title: '' },
  { file: 'fixed.otlp.jsonl', suffix: '-fixed', title: ', fixed' },
]

interface LocatedSample extends Sample {
  readonly path: string
}

export interface Samples {
  list(): Promise<readonly Sample[]>
  /** Path of a sample, undefined for an id that is not in the list. */
  pathOf(id: string): Promise<string | undefined>
}

/** Samples under `dir` (`fixtures/incidents`). An incident this list does not know yet still shows, by its folder's name. */
export function samples(dir: string): Samples {
  const locate = async (): Promise<readonly LocatedSample[]> => {
    const folders = await readdir(dir, { withFileTypes: true }).catch(() => [])
    const unknown = folders
      .filter(entry => entry.isDirectory() && !incidents.some(incident => incident.folder === entry.name))
      .map(({ name }) => ({ folder: name, title: name.replaceAll('-', ' '), summary: '', fixed: '' }))
    const all = [...incidents, ...unknown].flatMap(({ folder, title, summary, fixed }) =>
      variants.map(variant => ({
        id: folder + variant.suffix,
        title: title + variant.title,
        summary: variant.suffix === '' ? summary : fixed,
        path: join(dir, folder, variant.file),
      })),
    )
    all.push({ ...gallery, path: join(dir, '..', 'gallery', 'gallery.otlp.jsonl') })
    const there = await Promise.all(
      all.map(({ path }) =>
        access(path).then(
          () => true,
          () => false,
        ),
      ),
    )
    return all.filter((_, index) => there[index])
  }
  return {
    list: async () => (await locate()).map(({ path: _, ...sample }) => sample),
    pathOf: async id => (await locate()).find(sample => sample.id === id)?.path,
  }
}
