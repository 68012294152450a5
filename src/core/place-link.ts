/** The parts of the address of a place in a trace; `renderer/actions/deep-link.ts` makes and follows such addresses. */
const linked = /^(.+)(#(?:finding|from|to|at|span)=.*)$/

/**
 * A file as a command line names it, perhaps with a place in it: `FILE#finding=F2&at=17…`. The link is `''` or begins with
 * `#`; any other `#` belongs to the file's name.
 */
export function linkedFile(word: string): { readonly path: string; readonly link: string } {
  const [, path = word, link = ''] = linked.exec(word) ?? []
  return { path, link }
}
