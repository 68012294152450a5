/**
 * One subject in a browser of its own: opened, then zoomed and panned with the wheel.
 *
 *     frame work      CPU time of the page's own thread for one wheel step: handler, scene, painting commands
 *     input to paint  from the wheel event to the frame that shows it, waiting for the display included
 *     frames a second while every frame brings another wheel event
 *
 * CPU time leaves out what else the machine does; wall times do not.
 */
import { type CDPSession, chromium, type Page } from 'playwright'
import { chromiumFlags } from '../chromium.ts'
import { step } from './steps.ts'
import type { Subject } from './subjects.ts'
import { tabOf } from './tab.ts'

const STEPS = 60
const FRAME_MS = 1000 / 60
/** A first picture that takes longer is none. */
const MOST_LOADING_S = 300
const MOST_STEP_S = 20

export interface Run {
  /** NaN where nothing is drawn before all is there. */
  readonly firstPartialSeconds: number
  readonly firstPaintSeconds: number
  /** Of the page's thread, from the first partial picture on. */
  readonly longestTaskMs: number
  /** Resident with the picture there. */
  readonly tabMb: number
  readonly frameWorkMs: readonly number[]
  readonly scriptMs: readonly number[]
  readonly inputToPaintMs: readonly number[]
  readonly framesPerSecond: number
}

/** Throws with one line when a step fails or takes too long; browser and server are gone then too. */
export async function drive(subject: Subject, trace: string, executablePath: string): Promise<Run> {
  return subject.served(trace, async url => {
    const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
    try {
      const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, reducedMotion: 'reduce' })
      page.setDefaultTimeout(MOST_LOADING_S * 1000)
      await page.addInitScript(watch, subject.partial)
      const startedMs = performance.now()
      await step('opening the page', 60, page.goto(url))
      await step(
        'first picture',
        MOST_LOADING_S,
        subject.ready(page).then(() => painted(page)),
      )
      const firstPaintSeconds = (performance.now() - startedMs) / 1000
      const seen = await step('reading what was seen', MOST_STEP_S, page.evaluate(watched))
      const tabMb = (await tabOf(browser)).residentMb
      return { ...seen, firstPaintSeconds, tabMb, ...(await move(page, subject.canvas)) }
    } finally {
      await step('closing the browser', MOST_STEP_S, browser.close()).catch(() => {})
    }
  })
}

interface Watched {
  partialMs: number
  longestMs: number
}

/** In the page, before anything else: when the first partial picture is presented, and how long tasks take from there on. */
function watch(partial: string): void {
  const seen: Watched = { partialMs: Number.NaN, longestMs: 0 }
  Object.assign(window, { seen })
  new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries())
      if (startTime >= seen.partialMs) seen.longestMs = Math.max(seen.longestMs, duration)
  }).observe({ type: 'longtask' })
  if (partial === '') return
  const appearing = new MutationObserver(() => {
    if (!document.querySelector(partial)) return
    appearing.disconnect()
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        seen.partialMs = performance.now()
      }
      port2.postMessage(null)
    })
  })
  appearing.observe(document, { subtree: true, childList: true })
}

function watched(): { firstPartialSeconds: number; longestTaskMs: number } {
  const { partialMs, longestMs } = (window as unknown as { seen: Watched }).seen
  return { firstPartialSeconds: partialMs / 1000, longestTaskMs: longestMs }
}

async function move(
  page: Page,
  canvas: string,
): Promise<Pick<Run, 'frameWorkMs' | 'scriptMs' | 'inputToPaintMs' | 'framesPerSecond'>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const box = await page.locator(canvas).boundingBox()
  if (!box) throw new Error('nothing to zoom')
  const at = { x: box.x + box.width * 0.55, y: box.y + box.height * 0.4 }
  await page.mouse.move(at.x, at.y)
  const frameWorkMs: number[] = []
  const scriptMs: number[] = []
  const inputToPaintMs: number[] = []
  for (let nth = 0; nth < STEPS; nth++) {
    const before = await metrics(session)
    inputToPaintMs.push(await step(`wheel step ${nth + 1}`, MOST_STEP_S, wheel(page, nth)))
    const after = await metrics(session)
    frameWorkMs.push((after.TaskDuration - before.TaskDuration) * 1000)
    scriptMs.push((after.ScriptDuration - before.ScriptDuration) * 1000)
  }
  const framesPerSecond = await step('zooming on', MOST_STEP_S, page.evaluate(zoomOn, at))
  return { frameWorkMs, scriptMs, inputToPaintMs, framesPerSecond }
}

/** In by a third, panned by a third, out by a third; both apps zoom with Ctrl and pan with a sideways wheel. */
async function wheel(page: Page, nth: number): Promise<number> {
  const third = Math.floor((nth / STEPS) * 3)
  // A hand does not move in step with the frames; an event that is sent whenever the one before was shown does, and always
  // waits as long. Parts of a frame that are spread evenly.
  await new Promise(done => setTimeout(done, FRAME_MS * ((nth * 0.618) % 1)))
  // An event may overtake the script that is to listen for it: first the listener, then the wheel.
  await page.evaluate(() => {
    const shown = new Promise<number>(done => {
      window.addEventListener(
        'wheel',
        ({ timeStamp }) =>
          // A message that is posted in the frame arrives when the frame has been handed to the screen.
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => done(performance.now() - timeStamp)
            port2.postMessage(null)
          }),
        { once: true, capture: true, passive: true },
      )
    })
    Object.assign(window, { shown })
  })
  if (third !== 1) await page.keyboard.down('Control')
  await page.mouse.wheel(third === 1 ? 60 : 0, third === 0 ? -60 : third === 2 ? 60 : 0)
  const took = await page.evaluate(() => (window as unknown as { shown: Promise<number> }).shown)
  if (third !== 1) await page.keyboard.up('Control')
  return took
}

/** In the page: in for a second and out for a second, a wheel event in every frame; frames a second. */
function zoomOn({ x, y }: { x: number; y: number }): Promise<number> {
  const target = document.elementFromPoint(x, y) ?? document.body
  return new Promise(done => {
    const startMs = performance.now()
    let frames = 0
    const frame = (): void => {
      const ms = performance.now() - startMs
      if (ms >= 2000) {
        done((frames / ms) * 1000)
        return
      }
      frames++
      const zoom = { ctrlKey: true, deltaY: ms < 1000 ? -20 : 20, clientX: x, clientY: y }
      target.dispatchEvent(new WheelEvent('wheel', { ...zoom, bubbles: true, cancelable: true }))
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
}

export const painted = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>(done => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  )

async function metrics(
  session: CDPSession,
): Promise<{ readonly TaskDuration: number; readonly ScriptDuration: number }> {
  const { metrics: all } = await session.send('Performance.getMetrics')
  const of = (wanted: string): number => all.find(({ name }) => name === wanted)?.value ?? Number.NaN
  return { TaskDuration: of('TaskDuration'), ScriptDuration: of('ScriptDuration') }
}
