/** Safe looks into parsed JSON whose shape nobody promised. */
export type Foreign = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is Foreign =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Value of the first of these keys that the object itself has and that is not null. */
export function pick(from: Foreign, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    if (Object.hasOwn(from, key)) {
      const value = from[key]
      if (value !== null && value !== undefined) return value
    }
  }
  return undefined
}

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
