import { describe, expect, it } from 'vitest'
import { allowedBy, joinConfigs } from '../../../src/core/config/config.ts'
import { withRule } from '../../../src/core/config/edit-config.ts'
import { parseConfig } from '../../../src/core/config/parse-config.ts'
import { changedRules } from '../../../src/core/config/rule-change.ts'

const parse = (text: string) => parseConfig('c.json', text)

describe('a config', () => {
  it('has thresholds and allowed sites, and may have comments', () => {
    const text = `{
      // the listener is pinned by design
      "thresholds": { "stallNs": 50000000 },
      "allow": [{ "detector": "leaked-hold", "site": "listen (events.ts)", "reason": "pinned LISTEN connection" }]
    }`
    expect(parse(text)).toMatchObject({
      thresholds: { stallNs: 50e6 },
      allow: [{ detector: 'leaked-hold', site: 'listen (events.ts)', reason: 'pinned LISTEN connection' }],
    })
    expect(parse('{}')).toMatchObject({ thresholds: {}, allow: [] })
  })

  it.each([
    [
      '{\n"thresholds": {\n"stalNs": 1 }}',
      /^c\.json:3: thresholds\.stalNs: no such threshold; known: .*stallNs/,
    ],
    ['{\n"thresholds": {\n"stallNs": "a" }}', /^c\.json:3: thresholds\.stallNs: .*number/],
    ['{"thresholds": {"stallNs": -1}}', /^c\.json:1: thresholds\.stallNs: .*>=0/],
    ['{\n\n"limits": {} }', /^c\.json:3: limits: no such field/],
    [
      '{"allow": [\n{"detector": "leaks", "site": "a.ts", "reason": "b"}]}',
      /^c\.json:2: allow\.0\.detector: no such detector; known: .*leaked-hold/,
    ],
    ['{"allow": [\n\n{"detector": "deadlock", "site": "a.ts"}]}', /^c\.json:3: allow\.0\.reason: is missing/],
    [
      '{"allow": [\n{"detector": "deadlock", "site": "a.ts", "reason": " "}]}',
      /^c\.json:2: allow\.0\.reason: must not/,
    ],
    ['{"rules": [\n{"match": {"name": "a"}, "role": "holds"}]}', /^c\.json:2: rules\.0\.role: .*"hold"/],
    ['{"rules": [\n{"match": {}, "role": "hold"}]}', /^c\.json:2: rules\.0\.match: must name/],
    [
      '{"rules": [\n{"match": {"nam": "a"}, "role": "hold"}]}',
      /^c\.json:2: rules\.0\.match\.nam: no such field/,
    ],
    ['{\n"version": 2}', /^c\.json:2: version: /],
    ['{\n"version": 1,,}', /^c\.json:2: not JSON: /],
    ['{\n', /^c\.json:\d: not JSON: /],
    ['', /^c\.json:1: not JSON: /],
    ['[]', /^c\.json:1: the document: /],
    ['{"__proto__": {"a": 1}}', /^c\.json:1: __proto__: no such field/],
    ['['.repeat(100_000), /^c\.json:1: nested too deeply/],
  ])('%# says the line of what is wrong', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  it('of two the later limits win, and both lists of allowed sites hold', () => {
    const allow = (site: string) => ({ detector: 'deadlock', site, reason: 'r' }) as const
    const joined = joinConfigs([
      { thresholds: { stallNs: 1, herdCount: 4 }, allow: [allow('a.ts')], rules: [] },
      { thresholds: { stallNs: 2 }, allow: [allow('b.ts')], rules: [] },
    ])
    expect(joined.thresholds).toEqual({ stallNs: 2, herdCount: 4 })
    expect(joined.allow.map(({ site }) => site)).toEqual(['a.ts', 'b.ts'])
  })

  it('allows by detector and by every part of the site that it names', () => {
    const culprit = { site: 'listen (events.ts:12)', sites: [], places: [], rows: [] }
    const allowed = (site: string) =>
      allowedBy([{ detector: 'leaked-hold', site, reason: 'r' }], { detector: 'leaked-hold', culprit })
    expect(allowed('listen (events.ts)')).toBeDefined()
    expect(allowed('events.ts')).toBeDefined()
    expect(allowed('listen')).toBeDefined()
    expect(allowed('events.ts:13')).toBeUndefined()
    expect(allowed('other (events.ts)')).toBeUndefined()
  })
})

describe('changing a rule in a config', () => {
  const rule = { match: { name: 'lock *' }, role: 'hold' } as const
  const text = '{\n  // ours\n  "thresholds": { "herdCount": 4 }\n}\n'

  it('leaves everything else as it was', () => {
    const after = withRule(text, { kind: 'add', rule })
    expect(after).toContain('// ours')
    expect(parse(after)).toMatchObject({ thresholds: { herdCount: 4 }, rules: [rule] })
    expect(parse(withRule('', { kind: 'add', rule })).rules).toEqual([rule])
  })

  it('adds before the others, replaces and removes in place, and keeps the comments between them', () => {
    const other = { match: { name: 'pool *' }, role: 'wait' } as const
    const two = '{ "rules": [\n  // why\n  { "match": { "name": "a" }, "role": "task" }\n] }'
    const added = withRule(two, { kind: 'add', rule })
    expect(parse(added).rules.map(({ role }) => role)).toEqual(['hold', 'task'])
    const replaced = withRule(added, { kind: 'replace', at: 0, rule: other })
    expect(parse(replaced).rules.map(({ role }) => role)).toEqual(['wait', 'task'])
    const removed = withRule(replaced, { kind: 'remove', at: 0 })
    expect(parse(removed).rules).toEqual(parse(two).rules)
    for (const now of [added, replaced]) expect(now).toContain('// why')
    expect(changedRules([rule], { kind: 'remove', at: 0 })).toEqual([])
  })

  it.each(['wrong token', '[]', '{"a": '])('never over what is no config: %s', broken => {
    expect(() => withRule(broken, { kind: 'add', rule })).toThrow('not JSON')
  })
})
