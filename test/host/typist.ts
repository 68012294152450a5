/**
 * Somebody who types a note until they are killed: the app's own autosave over the host's own service, in a process of
 * its own. Arguments: trace file, data folder. Every keystroke is told on stdout before it can be saved: `n ms\n`.
 */
import { writeSync } from 'node:fs'
import { AUTOSAVE } from '../../renderer/state/app.ts'
import { createAutosave } from '../../renderer/state/autosave.ts'
import { emptyContent } from '../../src/core/notebook/note.ts'
import { restoreNotebook, wholeView } from '../../src/core/notebook/restore.ts'
import { hostService } from '../../src/host/service/service.ts'
import { startReceiver } from '../../src/receiver/receiver.ts'
import { noteOf } from '../support/notes.ts'

const [trace = '', dataDir = ''] = process.argv.slice(2)
const { files, requests } = hostService({
  started: () => [],
  openDialog: async () => null,
  saveFile: async () => ({ saved: false, why: '' }),
  startReceiver,
  paintPicture: async () => new Uint8Array(),
  dataDir,
})
const source = { fingerprint: 'typed', token: (await files.open(trace)).token }

const { kept } = await requests.loadNotebook(source)
const before = kept && restoreNotebook(kept.json)
if (before && before.kind !== 'ok') throw new Error(`unreadable: ${JSON.stringify(before)}`)
let etag = kept?.etag ?? ''
let typed = before ? Number(before.notebook.notes[0]?.text.split(' ', 1)[0]) : 0

/** As much as a long investigation is: a write is not over in an instant. */
const padding = 'what was seen, and when '.repeat(500)

const autosave = createAutosave({
  ...AUTOSAVE,
  now: () => performance.now(),
  setTimer: (run, ms) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  begin: () => () => {},
  save: async () => {
    const notebook = {
      ...emptyContent,
      version: 2,
      source: { fingerprint: 'typed', files: [] },
      notes: [noteOf({ text: `${typed} ${padding}` })],
      view: wholeView,
    }
    const saved = await requests.saveNotebook(source, JSON.stringify(notebook), etag)
    if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved).slice(0, 200))
    etag = saved.etag
  },
})

setInterval(() => {
  typed += 1
  writeSync(1, `${typed} ${Date.now()}\n`)
  autosave.touch()
}, 10)
