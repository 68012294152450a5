import { expect, test } from 'vitest'
import { redactStatement } from '../../../src/core/share/redact-statement.ts'

test.each([
  ["UPDATE jobs SET owner = 'ann' WHERE id = 4521", "UPDATE jobs SET owner = '<ann>' WHERE id = '<4521>'"],
  ['SELECT name FROM authors WHERE id = $1 FOR UPDATE', 'SELECT name FROM authors WHERE id = $1 FOR UPDATE'],
  ['SELECT "n" FROM "t" WHERE "n" = 4 -- of ann', 'SELECT "n" FROM "t" WHERE "n" = \'<4>\' '],
  ['SELECT n FROM t WHERE name = "ann"', "SELECT n FROM t WHERE name = '<ann>'"],
  ["SELECT 'it''s ann', 'a\\'nn', 'cut of", "SELECT '<it''s ann>', '<a\\'nn>', '<cut of>'"],
  ['/* ann */ select 1', 'otherwise'],
  ['select /* ann */ $$ann$$, $a$an$n$a$ from t limit 10', "select  '<ann>', '<an$n>' from t limit '<10>'"],
  ['SET lock:ann 7f3e NX PX 3000', 'SET <lock:ann> <7f3e> NX PX 3000'],
  ['SET lock:ann [4 other arguments]', 'SET <lock:ann> [4 other arguments]'],
  ['{"find": "users", "filter": {"name": "ann"}}', 'otherwise'],
  ['get well soon, ann', 'get <well> <soon,> <ann>'],
])('%s', (text, redacted) => {
  const once = redactStatement(
    text,
    value => `<${value}>`,
    () => 'otherwise',
  )
  expect(once).toBe(redacted)
})
