/** Safe looks into parsed JSON whose shape nobody promised. */
export type Foreign = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is Foreign =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Value of the first of these keys that is there and not null. The keys are written in the code, never taken from data,
 * and none of them is a name of `Object.prototype`; parsed JSON has no other prototype.
 */
export function pick(
  from: Foreign,
  first: string,
  second?: string,
  third?: string,
  fourth?: string,
): unknown {
  let value = from[first]
  if (value !== undefined && value !== null) return value
  if (second === undefined) return undefined
  value = from[second]
  if (value !== undefined && value !== null) return value
  if (third === undefined) return undefined
  value = from[third]
  if (value !== undefined && value !== null) return value
  return fourth === undefined ? undefined : (from[fourth] ?? undefined)
}

/** A member that should be an object; an empty one when it is not. Keys are written in the code, as those of `pick`. */
export function memberOf(from: Foreign, key: string): Foreign {
  const value = from[key]
  return isObject(value) ? value : {}
}

/** Without the pairs that hold nothing. */
export const present = (pairs: readonly (readonly [string, unknown])[]): (readonly [string, unknown])[] =>
  pairs.filter(([, value]) => value !== undefined && value !== null && value !== '')

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : ''

/** A number written as one or as a string; NaN otherwise. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && value.trim() !== '') return Number(value)
  return Number.NaN
}
