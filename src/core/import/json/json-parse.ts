/**
 * `JSON.parse` that keeps whole numbers beyond 2^53 exact: they come back as strings of digits, which every reader
 * here accepts where a number may stand. Numeric nanoseconds would be off by up to 256 ns otherwise.
 */

/** A number literal of 16 digits or more where a value may stand. May also match inside a string: then only time is lost. */
const longNumber = /[:[,]\s*-?\d{16,}\s*[,}\]]/

interface ReviverContext {
  readonly source?: string
}

type SourceReviver = (key: string, value: unknown, context: ReviverContext) => unknown

const parseWithSource = JSON.parse as (text: string, reviver?: SourceReviver) => unknown

const exact: SourceReviver = (_key, value, context) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  context?.source &&
  /^-?\d+$/.test(context.source)
    ? context.source
    : value

/** Throws `SyntaxError` as `JSON.parse` does. */
export function parseJson(text: string): unknown {
  if (!longNumber.test(text)) return JSON.parse(text)
  try {
    return parseWithSource(text, exact)
  } catch (error) {
    // The reviver recurses; text nested deeper than the stack is read without it.
    if (error instanceof RangeError) return JSON.parse(text)
    throw error
  }
}
