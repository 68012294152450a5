import { createToken, EmbeddedActionsParser, type IToken, Lexer } from 'chevrotain'
import { faultOf } from './fields.ts'
import type { Filter, Operator, ParsedQuery, QueryNode, QueryProblem } from './query.ts'

/** Longer ones are no questions; the limit also bounds how deep brackets nest. */
const LONGEST = 1000

const space = createToken({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED })
const open = createToken({ name: 'Open', pattern: '(', label: '“(”' })
const close = createToken({ name: 'Close', pattern: ')', label: '“)”' })
const or = createToken({ name: 'Or', pattern: /OR(?![^\s(])/ })
const and = createToken({ name: 'And', pattern: /AND(?![^\s(])/ })
const not = createToken({ name: 'Not', pattern: /NOT(?=[\s(])|-(?=[^\s)])/ })
/** `dur>100ms`, `resource:"db pool"`: one token, so that spaces never join what was typed apart. */
const filterPattern = /([A-Za-z_][\w.-]*)(>=|<=|!=|:|=|>|<)(?:"((?:[^"\\]|\\.)*)"|([^\s()"]*))/
const filter = createToken({ name: 'Filter', pattern: filterPattern })
const quoted = createToken({ name: 'Quoted', pattern: /"(?:[^"\\]|\\.)*"/ })
const word = createToken({ name: 'Word', pattern: /[^\s()"]+/ })
const tokens = [space, open, close, or, and, not, filter, quoted, word]

/**
 *     any  = all ("OR" all)*
 *     all  = one ("AND"? one)*
 *     one  = ("NOT" | "-") one | "(" any ")" | filter | quoted | word
 */
class QueryParser extends EmbeddedActionsParser {
  constructor() {
    super(tokens)
    this.performSelfAnalysis()
  }

  readonly any = this.RULE('any', (): QueryNode => {
    const parts = [this.SUBRULE(this.all)]
    this.MANY(() => {
      this.CONSUME(or)
      parts.push(this.SUBRULE2(this.all))
    })
    return parts.length === 1 ? parts[0]! : { kind: 'any', parts }
  })

  readonly all = this.RULE('all', (): QueryNode => {
    const parts = [this.SUBRULE(this.one)]
    this.MANY(() => {
      this.OPTION(() => this.CONSUME(and))
      parts.push(this.SUBRULE2(this.one))
    })
    return parts.length === 1 ? parts[0]! : { kind: 'all', parts }
  })

  readonly one = this.RULE(
    'one',
    (): QueryNode =>
      this.OR([
        {
          ALT: (): QueryNode => {
            this.CONSUME(not)
            return { kind: 'not', part: this.SUBRULE(this.one) }
          },
        },
        {
          ALT: () => {
            this.CONSUME(open)
            const inside = this.SUBRULE(this.any)
            this.CONSUME(close)
            return inside
          },
        },
        { ALT: (): QueryNode => filterOf(this.CONSUME(filter).image) },
        { ALT: (): QueryNode => ({ kind: 'text', text: unquoted(this.CONSUME(quoted).image.slice(1, -1)) }) },
        { ALT: (): QueryNode => ({ kind: 'text', text: this.CONSUME(word).image }) },
      ]),
  )
}

const unquoted = (text: string): string => text.replace(/\\(.)/g, '$1')

function filterOf(image: string): Filter {
  const [, field = '', op = ':', inQuotes, bare = ''] = filterPattern.exec(image) ?? []
  const value = inQuotes === undefined ? bare : unquoted(inQuotes)
  return { kind: 'filter', field, op: op as Operator, value }
}

interface Reader {
  readonly lexer: Lexer
  readonly parser: QueryParser
}

let made: Reader | null = null

/** Made for the first query: making it costs more than reading one, and most sessions ask nothing at first. */
const reader = (): Reader => {
  made ??= { lexer: new Lexer(tokens, { positionTracking: 'onlyOffset' }), parser: new QueryParser() }
  return made
}

/** Reads a query. Never throws; a problem says what is wrong and where. */
export function parseQuery(text: string): ParsedQuery {
  if (text.trim() === '') return { kind: 'empty' }
  if (text.length > LONGEST) {
    return problem(`A query has at most ${LONGEST} characters`, LONGEST, text.length - LONGEST)
  }
  const { lexer, parser } = reader()
  const { tokens: found, errors } = lexer.tokenize(text)
  const unread = errors[0]
  if (unread) return problem('The quote is not closed', unread.offset, text.length - unread.offset)
  for (const token of found) {
    if (token.tokenType !== filter) continue
    const fault = faultOf(filterOf(token.image))
    if (fault !== null) return problem(fault, token.startOffset, token.image.length)
  }
  parser.input = found
  const root = parser.any()
  const wrong = parser.errors[0]
  return wrong ? misplaced(wrong.token, text) : { kind: 'query', root }
}

function misplaced(token: IToken, text: string): ParsedQuery {
  return Number.isNaN(token.startOffset) || token.image === ''
    ? problem('Something is missing at the end', text.length, 0)
    : problem(`“${token.image}” does not fit here`, token.startOffset, token.image.length)
}

const problem = (
  message: string,
  at: number,
  length: number,
): { kind: 'problem'; problem: QueryProblem } => ({
  kind: 'problem',
  problem: { message, at, length },
})
