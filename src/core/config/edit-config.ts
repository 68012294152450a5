import { applyEdits, modify, type ParseError, parseTree } from 'jsonc-parser'
import type { UserRule } from '../convention/user-rule.ts'

/**
 * The text of a config with these rules in it: comments and everything else stay as they are. Of an empty text, a new config.
 * @throws Error when the text is not JSON: it is somebody's, and not to be written over
 */
export function withRules(text: string, rules: readonly UserRule[]): string {
  const before = text.trim() === '' ? '{}' : text
  const errors: ParseError[] = []
  if (parseTree(before, errors)?.type !== 'object' || errors.length > 0)
    throw new Error('the config there is not JSON; mend it first')
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }
  const after = applyEdits(before, modify(before, ['rules'], rules, { formattingOptions }))
  return after.endsWith('\n') ? after : `${after}\n`
}
