import { describe, expect, it } from 'vitest'
import { annotate, annotateRange, keepMark, markTemporarily } from '../../renderer/actions/annotate.ts'
import { undoNotes } from '../../renderer/actions/change-notebook.ts'
import { deleteSelected, finishNote, goToNote, typeInto } from '../../renderer/actions/edit-notes.ts'
import { navigateBack, navigateForward, setWindow, windowNow } from '../../renderer/actions/navigate.ts'
import { advance, neighbour, putPlayhead, stateOf, stepPlayhead } from '../../renderer/actions/playback.ts'
import {
  clearSelection,
  focusSelection,
  followToHolder,
  followToWaiter,
  goToLane,
  selectFinding,
  selectItem,
  stepFinding,
  stepInLane,
} from '../../renderer/actions/select.ts'
import { eventsOf } from '../../renderer/prepared.ts'
import { involvedLanes } from '../../renderer/state/involved-lanes.ts'
import { findItem, itemOf, taskLabel } from '../../renderer/state/lookup.ts'
import { search } from '../../renderer/state/search.ts'
import { lanesNow } from '../../renderer/state/shown.ts'
import { sessionOf } from '../support/scene.ts'
import { appOf } from './app-of.ts'

const race = () =>
  sessionOf(
    `
    T1  ──────────R────··········W──
    T2  ─────────────R···W──────────
    T3  ────────────────────────────
  `,
    { key: 'row:jobs/4521' },
  )

const contention = () =>
  sessionOf(`
    T1       ────────────────────
    T1@lock  ####################
    T2       ────················────
    T2@lock      ~~~~~~~~~~~~~~~~####
    T3       ────────················────
    T3@lock          ~~~~~~~~~~~~~~~~####
  `)

describe('findings', () => {
  it('fly to their interval with the playhead in its middle', () => {
    const session = race()
    const { app } = appOf(session)
    const finding = session.analysis.findings[0]!
    selectFinding(app, finding.id)
    const window = windowNow(app)
    expect(window.startNs).toBeLessThanOrEqual(finding.startNs)
    expect(window.endNs).toBeGreaterThanOrEqual(finding.endNs)
    const { playheadNs } = app.view.getState()
    expect(playheadNs).toBeGreaterThan(finding.startNs)
    expect(playheadNs).toBeLessThan(finding.endNs)
    expect(app.dialogs.getState().announcement).toContain(finding.text.title)
  })

  it('step round and go back by Alt+←', () => {
    const session = race()
    const { app } = appOf(session)
    const before = windowNow(app)
    stepFinding(app, 1)
    expect(app.selection.getState().finding).toBe('F1')
    const there = windowNow(app)
    navigateBack(app)
    expect(windowNow(app)).toEqual(before)
    expect(app.selection.getState().finding).toBe('')
    navigateForward(app)
    expect(windowNow(app)).toEqual(there)
  })

  it('step from defect to defect, whatever each was found on', () => {
    const found = race()
    const [first] = found.analysis.findings
    const on = (id: string, name: string) => ({ ...first!, id, subject: { kind: 'key' as const, name } })
    const findings = [first!, on('F2', 'row:jobs/7'), on('F3', 'row:users/7')]
    const { app } = appOf({ ...found, analysis: { ...found.analysis, findings } })
    const seen = [1, 1, 1].map(by => {
      stepFinding(app, by as 1)
      return app.selection.getState().finding
    })
    expect(seen).toEqual(['F1', 'F3', 'F1'])
    selectFinding(app, 'F2')
    stepFinding(app, 1)
    expect(app.selection.getState().finding).toBe('F3')
  })

  it('leave only their own lanes when asked', () => {
    const session = race()
    const { app } = appOf(session)
    selectFinding(app, 'F1')
    app.view.setState({ onlyInvolved: true })
    const labels = lanesNow(app).map(lane => lane.label)
    expect(labels).toContain('row:jobs/4521')
    expect(labels.some(label => label.includes('T3'))).toBe(false)
    expect(lanesNow(app)).toEqual(involvedLanes(session, session.analysis.findings[0]!))
    expect(lanesNow(app)).toBe(lanesNow(app))
  })
})

describe('items', () => {
  it('lead from a waiter to its holder and back', () => {
    const session = contention()
    const { app } = appOf(session)
    const waiter = session.model.waits.findIndex(wait => taskLabel(session, wait.task) === 'T2')
    selectItem(app, findItem(session, 'wait', waiter))
    followToHolder(app)
    const holder = itemOf(session, app.selection.getState().selected)!
    expect(holder.kind).toBe('hold')
    expect(taskLabel(session, session.model.holds[holder.index]!.task)).toBe('T1')
    followToWaiter(app)
    expect(itemOf(session, app.selection.getState().selected)!.kind).toBe('wait')
  })

  it('step within a lane and stop at its ends', () => {
    const session = contention()
    const { app } = appOf(session)
    const lane = session.lanes.find(one => one.kind === 'resource')!
    selectItem(app, { lane: lane.id, item: 0 })
    stepInLane(app, -1)
    expect(app.selection.getState().selected?.item).toBe(0)
    for (let times = 0; times < 100; times++) stepInLane(app, 1)
    expect(app.selection.getState().selected?.item).toBe(lane.items.count - 1)
  })

  it('are centred by F, and fitted by a second F', () => {
    const session = contention()
    const { app } = appOf(session)
    selectItem(app, findItem(session, 'hold', 0))
    const item = itemOf(session, app.selection.getState().selected)!
    setWindow(app, { startNs: item.startNs, endNs: item.startNs + (item.endNs - item.startNs) / 4 })
    focusSelection(app)
    const centred = windowNow(app)
    expect((centred.startNs + centred.endNs) / 2).toBeCloseTo((item.startNs + item.endNs) / 2, -3)
    focusSelection(app)
    expect(windowNow(app).endNs).toBeGreaterThan(item.endNs)
  })

  it('are cleared innermost first', () => {
    const { app } = appOf(contention())
    app.selection.setState({
      selected: { lane: 'resource:lock', item: 0 },
      range: { startNs: 1, endNs: 2, lanes: [] },
    })
    app.view.setState({ laneFilter: 'lock' })
    expect(clearSelection(app)).toBe(true)
    expect(app.selection.getState().selected).toBeNull()
    expect(app.selection.getState().range).not.toBeNull()
    clearSelection(app)
    expect(app.selection.getState().range).toBeNull()
    clearSelection(app)
    expect(app.view.getState().laneFilter).toBe('')
    expect(clearSelection(app)).toBe(false)
  })
})

describe('playhead', () => {
  it('steps from event to event and stays inside the trace', () => {
    const session = contention()
    const { app } = appOf(session)
    const times = eventsOf(session)
    putPlayhead(app, times[1]!)
    stepPlayhead(app, 1)
    expect(app.view.getState().playheadNs).toBe(times[2])
    stepPlayhead(app, -1)
    stepPlayhead(app, -1)
    expect(app.view.getState().playheadNs).toBe(times[0])
    putPlayhead(app, -5)
    expect(app.view.getState().playheadNs).toBe(0)
  })

  it('finds neighbours strictly before and after', () => {
    const times = Float64Array.of(1, 3, 5)
    expect(neighbour(times, 3, 1)).toBe(5)
    expect(neighbour(times, 3, -1)).toBe(1)
    expect(neighbour(times, 5, 1)).toBe(-1)
    expect(neighbour(times, 0, -1)).toBe(-1)
  })

  it('shows one holder and two waiters in the order they came', () => {
    const session = contention()
    const at = session.model.waits[1]!.startNs + 1e6
    const [lock] = stateOf(session, at).resources
    expect(lock!.holders.map(({ task }) => taskLabel(session, task))).toEqual(['T1'])
    expect(lock!.waiters.map(({ task }) => taskLabel(session, task))).toEqual(['T2', 'T3'])
  })

  it('plays at its speed and stops at the end', () => {
    const session = contention()
    const { app } = appOf(session)
    app.settings.setState({ speed: 2 })
    app.view.setState({ playing: true, playheadNs: 0 })
    expect(advance(app, 4)).toBe(true)
    expect(app.view.getState().playheadNs).toBe(8e6)
    expect(advance(app, 1e6)).toBe(false)
    expect(app.view.getState()).toMatchObject({ playing: false, playheadNs: session.store.durationNs })
  })
})

describe('notes', () => {
  it('are anchored to the selected span and saved within a second', async () => {
    const session = contention()
    const { app, clock, saved } = appOf(session)
    selectItem(app, findItem(session, 'hold', 0))
    annotate(app)
    typeInto(app, 'the long hold')
    finishNote(app)
    const [note] = app.notebook.getState().notes
    expect(note).toMatchObject({ kind: 'label', text: 'the long hold', author: 'ada' })
    expect(note!.anchor.lane).toBe('resource:lock')
    clock.advance(1000)
    await app.pending.idle()
    expect(saved).toHaveLength(1)
    expect(saved[0]!.source).toEqual({ fingerprint: session.store.fingerprint, token: 'token-1' })
    expect(JSON.parse(saved[0]!.json).notes[0].text).toBe('the long hold')
    expect(app.notebook.getState().saving).toEqual({
      kind: 'saved',
      where: 'bug.interleave.json',
      aside: '',
    })
  })

  it('tell when they could not be saved', async () => {
    const { app, clock } = appOf(contention())
    Object.assign(app.host, { saveNotebook: async () => ({ kind: 'failed', why: 'the disk is full' }) })
    app.selection.setState({ range: { startNs: 0, endNs: 1e6, lanes: [] } })
    annotateRange(app)
    finishNote(app)
    clock.advance(1000)
    await app.pending.idle()
    expect(app.notebook.getState().saving).toEqual({ kind: 'failed', why: 'the disk is full' })
  })

  it('bring the view back to where they stand', () => {
    const session = contention()
    const { app } = appOf(session)
    app.selection.setState({ range: { startNs: 2e6, endNs: 4e6, lanes: [] } })
    annotateRange(app)
    finishNote(app)
    app.selection.setState({ range: null })
    setWindow(app, { startNs: 15e6, endNs: 16e6 })
    goToNote(app, app.notebook.getState().notes[0]!.id)
    const window = windowNow(app)
    expect(window.startNs).toBeLessThan(2e6)
    expect(window.endNs).toBeGreaterThan(4e6)
    expect(app.selection.getState().range).toMatchObject({ startNs: 2e6, endNs: 4e6 })
  })

  it('come from marks that are kept, and go by Delete and Ctrl+Z', () => {
    const session = contention()
    const { app } = appOf(session)
    selectItem(app, findItem(session, 'hold', 0))
    markTemporarily(app)
    expect(app.notebook.getState().notes).toHaveLength(0)
    keepMark(app)
    expect(app.notebook.getState().notes).toHaveLength(1)
    app.selection.setState({ selected: null })
    deleteSelected(app)
    expect(app.notebook.getState().notes).toHaveLength(0)
    undoNotes(app)
    expect(app.notebook.getState().notes).toHaveLength(1)
  })
})

describe('search', () => {
  it('leads to findings and lanes by a part of their name', () => {
    const session = race()
    const kinds = (query: string) => new Set(search(session, [], query).map(({ kind }) => kind))
    expect(kinds('4521')).toContain('finding')
    expect(kinds('4521')).toContain('lane')
    expect(search(session, [], '  ')).toEqual([])
    expect(search(session, [], 'no such thing')).toEqual([])
  })
})

describe('a jump to a lane', () => {
  it('selects what is nearest there, so that keys go on from it, and keeps a selected area when a table leads there', () => {
    const session = contention()
    const { app } = appOf(session)
    const lane = session.lanes.find(({ kind }) => kind === 'resource')!
    goToLane(app, lane.id)
    expect(app.selection.getState().selected?.lane).toBe(lane.id)
    stepInLane(app, 1)
    expect(app.selection.getState().selected?.lane).toBe(lane.id)
    app.selection.setState({ range: { startNs: 0, endNs: 1e6, lanes: [] } })
    goToLane(app, lane.id, true)
    expect(app.selection.getState().range).toMatchObject({ startNs: 0, endNs: 1e6 })
    expect(app.dialogs.getState().announcement).toContain(lane.label)
  })
})
