/** Sites as people write them: `checkAccess (auth.ts:41)`, `auth.ts:41`, `auth.ts`, `checkAccess`. */

/** Every part that `wanted` names must agree: function, file, line. */
export function sameSite(wanted: string, found: string): boolean {
  const want = partsOf(wanted)
  const have = partsOf(found)
  return (
    (want.name === '' || want.name === have.name) &&
    (want.file === '' || want.file === have.file) &&
    (want.line === '' || want.line === have.line)
  )
}

function partsOf(site: string): { name: string; file: string; line: string } {
  const match = /^(?:(.*?) \()?([^\s()]*?\.\w+)(?::(\d+))?\)?$/.exec(site)
  if (!match) return { name: site, file: '', line: '' }
  return { name: match[1] ?? '', file: match[2] ?? '', line: match[3] ?? '' }
}
