import { applyEdits, findNodeAtLocation, modify, type Node, type ParseError, parseTree } from 'jsonc-parser'
import type { Config } from './config.ts'
import type { RuleChange } from './rule-change.ts'

const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }

/**
 * The text of a config with one rule changed: comments and everything else stay as they are. Of an empty text, a new config.
 * @throws Error when the text is not JSON: it is somebody's, and not to be written over
 */
export function withRule(text: string, change: RuleChange): string {
  return edited(text, (before, tree) => {
    const has = findNodeAtLocation(tree, ['rules'])?.type === 'array'
    if (change.kind !== 'add')
      return modify(before, ['rules', change.at], change.kind === 'remove' ? undefined : change.rule, {
        formattingOptions,
      })
    return has
      ? modify(before, ['rules', 0], change.rule, { formattingOptions, isArrayInsertion: true })
      : modify(before, ['rules'], [change.rule], { formattingOptions })
  })
}

/** The same with these limits in place of those that were there. */
export const withThresholds = (text: string, thresholds: Config['thresholds']): string =>
  edited(text, before => modify(before, ['thresholds'], thresholds, { formattingOptions }))

function edited(text: string, edit: (before: string, tree: Node) => ReturnType<typeof modify>): string {
  const before = text.trim() === '' ? '{}' : text
  const errors: ParseError[] = []
  const tree = parseTree(before, errors)
  if (tree?.type !== 'object' || errors.length > 0)
    throw new Error('the config there is not JSON; mend it first')
  const after = applyEdits(before, edit(before, tree))
  return after.endsWith('\n') ? after : `${after}\n`
}
