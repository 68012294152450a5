import { applyEdits, findNodeAtLocation, modify, type ParseError, parseTree } from 'jsonc-parser'
import type { RuleChange } from './rule-change.ts'

/**
 * The text of a config with one rule changed: comments and everything else stay as they are. Of an empty text, a new config.
 * @throws Error when the text is not JSON: it is somebody's, and not to be written over
 */
export function withRule(text: string, change: RuleChange): string {
  const before = text.trim() === '' ? '{}' : text
  const errors: ParseError[] = []
  const tree = parseTree(before, errors)
  if (tree?.type !== 'object' || errors.length > 0)
    throw new Error('the config there is not JSON; mend it first')
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }
  const has = findNodeAtLocation(tree, ['rules'])?.type === 'array'
  const edits =
    change.kind === 'add'
      ? has
        ? modify(before, ['rules', 0], change.rule, { formattingOptions, isArrayInsertion: true })
        : modify(before, ['rules'], [change.rule], { formattingOptions })
      : modify(before, ['rules', change.at], change.kind === 'remove' ? undefined : change.rule, {
          formattingOptions,
        })
  const after = applyEdits(before, edits)
  return after.endsWith('\n') ? after : `${after}\n`
}
