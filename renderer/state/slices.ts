/** Long work of the page, a few milliseconds at a time, with frames and keys in between. */
const SLICE_MS = 8

/** Runs to the end, or returns null as soon as nobody wants the result any more. */
export async function inSlices<Result>(
  steps: Generator<void, Result>,
  isWanted: () => boolean,
): Promise<Result | null> {
  for (;;) {
    const untilMs = performance.now() + SLICE_MS
    do {
      const step = steps.next()
      if (step.done) return isWanted() ? step.value : null
    } while (performance.now() < untilMs)
    await new Promise(resolve => setTimeout(resolve))
    if (!isWanted()) return null
  }
}
