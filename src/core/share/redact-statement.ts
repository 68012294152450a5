/**
 * A statement to a database under pseudonyms: its values are replaced, its words stay, since detectors read tables, locks
 * and transactions out of them. What is neither SQL nor a command with a key is replaced as a whole.
 *
 *     UPDATE jobs SET owner = 'ann' WHERE id = 4521 -- from ann       →   UPDATE jobs SET owner = '#1' WHERE id = '#2'
 *     SET lock:ann 7f3e NX PX 3000                               →   SET #3 #4 NX PX 3000
 */
type PseudonymOf = (text: string) => string

const isSql =
  /^\s*(?:SELECT|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|WITH|BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK\s+TABLE)\b/i
/** Comments; values in quotes, also of dollars and without an end; numbers that are no part of a name or parameter. */
const sqlParts =
  /(\/\*[\s\S]*?(?:\*\/|$)|--[^\n]*)|'((?:[^'\\]|\\[\s\S]|'')*)(?:'|$)|"((?:[^"\\]|\\[\s\S])*)(?:"|$)|\$(\w*)\$([\s\S]*?)(?:\$\4\$|$)|(?<![\w$@:.#?-])(-?\d[\w.]*)/g
/** Where a table may stand in double quotes, they are around names; elsewhere (MySQL) they may be around values. */
const hasQuotedTable = /\b(?:FROM|JOIN|INTO|UPDATE)\s+"/i

const isCommand =
  /^(?:GET|SET|SETNX|SETEX|PSETEX|GETRANGE|DEL|UNLINK|EXISTS|P?EXPIRE|INCR(?:BY(?:FLOAT)?)?|DECR(?:BY)?|H\w{2,10}|EVALSHA)\s/i
const commandWord = /^(?:NX|XX|PX|EX|KEEPTTL|\?|\[\d+|other|arguments\]|[0-9a-f]{40})$/i
const countsWhat = /^(?:PX|EX|[0-9a-f]{40})$/i

export function redactStatement(text: string, pseudonymOf: PseudonymOf, otherwise: PseudonymOf): string {
  if (isSql.test(text)) return redactSql(text, pseudonymOf)
  return isCommand.test(text) ? redactCommand(text, pseudonymOf) : otherwise(text)
}

function redactSql(text: string, pseudonymOf: PseudonymOf): string {
  const quotesNames = hasQuotedTable.test(text)
  return text.replace(sqlParts, (_, comment, single, double, _tag, dollars, number) => {
    if (comment !== undefined) return ''
    if (double !== undefined && quotesNames && /^[a-z_]{1,64}$/i.test(double)) return `"${double}"`
    const value: string = single ?? double ?? dollars ?? number
    return `'${pseudonymOf(value)}'`
  })
}

function redactCommand(text: string, pseudonymOf: PseudonymOf): string {
  const [command, ...parts] = text.split(/\s+/)
  const kept = (part: string, before: string | undefined): boolean =>
    commandWord.test(part) || (/^\d+$/.test(part) && before !== undefined && countsWhat.test(before))
  return [command, ...parts.map((part, at) => (kept(part, parts[at - 1]) ? part : pseudonymOf(part)))].join(
    ' ',
  )
}
