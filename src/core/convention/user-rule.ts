/**
 * Rules of the user's own, from `interleave.config.json`: spans like this play that role. They win over every preset.
 *
 *     { "match": { "name": "lock *", "attributes": { "lock.name": "*" } }, "role": "hold", "resource": "{lock.name}" }
 */
import type { RuleRole } from './presets/preset.ts'

export const userRoles = [
  'task',
  'await',
  'wait',
  'hold',
  'stall',
  'plain',
] as const satisfies readonly RuleRole[]

export interface UserRule {
  /** Globs: `*` is any text, a leading `^` means "begins with"; all of them have to match. */
  readonly match: {
    readonly service?: string | undefined
    readonly name?: string | undefined
    readonly scope?: string | undefined
    readonly attributes?: Readonly<Record<string, string>> | undefined
  }
  readonly role: (typeof userRoles)[number]
  /** Its name: text with `{attribute}` in it, or `$attr:attribute`. A span without the attribute is not meant. */
  readonly resource?: string | undefined
  /** Of the resource (mutex, pool, semaphore …) or the task. */
  readonly type?: string | undefined
  readonly capacity?: number | undefined
}

/** Whether a text fits a glob. Linear in the text for each `*`; never backtracks further than the last one. */
export function fitsGlob(pattern: string, text: string): boolean {
  const glob = pattern.startsWith('^') ? `${pattern.slice(1)}*` : pattern
  let at = 0
  let from = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (glob[from] === '*') {
      star = from++
      resume = at
    } else if (from < glob.length && glob[from] === text[at]) {
      from++
      at++
    } else if (star !== -1) {
      from = star + 1
      at = ++resume
    } else return false
  }
  while (glob[from] === '*') from++
  return from === glob.length
}

/** `$attr:lock.name` is short for `{lock.name}`. */
export const templateOf = (resource: string): string => resource.replace(/^\$attr:(.+)$/, '{$1}')

/** Attributes that a template needs. */
export const templateKeys = (template: string): string[] =>
  [...template.matchAll(/\{([^{}]{1,200})\}/g)].map(match => match[1]!)

export const fillTemplate = (template: string, textOf: (key: string) => string): string =>
  template.replace(/\{([^{}]{1,200})\}/g, (_, key: string) => textOf(key))
