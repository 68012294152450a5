/** UUIDs, hex of eight and more with a digit in it, numbers: what changes from one run to the next. */
const VARYING = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[a-f]*\d)[0-9a-f]{8,}|\d+/gi

/** A name without what changes from run to run: `row:jobs/4521` → `row:jobs/*`. */
export const stableName = (name: string): string => name.replace(VARYING, '*')

/** A code site without its line, which moves with every edit: `checkAccess (auth.ts:21)` → `checkAccess (auth.ts)`. */
export const stableSite = (site: string): string => site.replace(/(\.\w+):\d+(?::\d+)?(?=\)|$)/g, '$1')
