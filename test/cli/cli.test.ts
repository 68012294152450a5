import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cliPath, incident, interleave, project, type Ran } from './run-cli.ts'

const frozen = incident('frozen-app')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave cli '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Exit 2, nothing on stdout, one line on stderr that is no stack. */
function expectOneLine({ code, out, err }: Ran, pattern: RegExp): void {
  expect(err).toMatch(/^interleave: [^\n]+\n$/)
  expect(err).toMatch(pattern)
  expect(err).not.toMatch(/\n\s+at /)
  expect({ code, out }).toEqual({ code: 2, out: '' })
}

describe('usage', () => {
  test('every command has help, on stdout', async () => {
    const help = await interleave(['--help'])
    expect(help).toMatchObject({ code: 0, err: '' })
    const names = [...help.out.matchAll(/^ {2}([a-z]+) /gm)].map(match => match[1] ?? '')
    expect(names).toEqual(expect.arrayContaining(['open', 'analyze', 'check', 'state']))
    for (const name of names.filter(each => each !== 'help')) {
      const own = await interleave([name, '--help'])
      expect(own.code).toBe(0)
      expect(own.out).toContain(`Usage: interleave ${name}`)
    }
  })

  test('the version is that of the package', async () => {
    const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
    expect(await interleave(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test.each([
    [['analyze', '--nope', 'x'], /unknown option '--nope'; see interleave analyze --help/],
    [['analyze'], /name a FILE/],
    [['check'], /missing required argument/],
    [['state', 'a.json'], /--at <T>/],
    [['analyze', 'a', '--fail-on', 'awful'], /critical, high, medium, low/],
    [['analyze', '-', '-'], /stdin \(-\) can be named once/],
    [['analyze', 'absent.json'], /absent\.json: no such file/],
    [['analyze', '.'], /is a folder/],
    [['open', 'absent.json', '--browser'], /absent\.json: no such file/],
    [['absent.json'], /absent\.json: no such file/],
    [['open', '--port', '99999999'], /1 to 65535/],
  ])('interleave %j', async (args, pattern) => {
    expectOneLine(await interleave(args), pattern)
  })

  test('--debug adds the stack', async () => {
    const { code, err } = await interleave(['analyze', 'absent.json', '--debug'])
    expect(code).toBe(2)
    expect(err).toMatch(/\n\s+at /)
  })
})

describe('convert', () => {
  test('writes what it read, and reads what it wrote', async () => {
    const outputs = ['a.otlp.jsonl', 'a.chrome.json', 'a.interleave'].map(name => join(folder, name))
    for (const output of outputs) {
      expect(await interleave(['convert', frozen, '-o', output])).toMatchObject({ code: 0, out: '' })
      const { out } = await interleave(['check', output, '--json'])
      expect(JSON.parse(out).trace.spans).toBeGreaterThan(100)
    }
    expect((await readdir(folder)).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  test('says how many metrics it left out', async () => {
    const stock = join(project, 'fixtures', 'merged', 'stock.otlp.jsonl')
    const { err } = await interleave(['convert', stock, '-o', join(folder, 'stock.chrome.json')])
    expect(err).toMatch(/; \d+ metrics and \d+ metric series left out/)
  })

  test('refuses other names and its own inputs, in one line', async () => {
    const other = await interleave(['convert', frozen, '-o', 'trace.json'])
    expect(other).toMatchObject({ code: 2, err: expect.stringMatching(/^[^\n]*\.chrome\.json[^\n]*\n$/) })
    const same = await interleave(['convert', frozen, '-o', frozen])
    expect(same).toMatchObject({ code: 2, err: expect.stringContaining('is an input') })
  })
})

describe('analyze', () => {
  test('gives the contract as JSON, the same every time, and nothing on stderr', async () => {
    const [first, second] = await Promise.all([
      interleave(['analyze', frozen, '--json']),
      interleave(['analyze', frozen, '--json']),
    ])
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(second?.out).toBe(first?.out)
    const found = JSON.parse(first?.out ?? '')
    expect(Object.keys(found)).toEqual([
      'version',
      'inputs',
      'trace',
      'import',
      'findings',
      'cleared',
      'causes',
      'checklist',
      'blame',
    ])
    expect(found.inputs).toEqual([
      { file: frozen, format: 'otlp-json', bytes: expect.any(Number), spans: found.trace.spans },
    ])
    expect(found.findings[0]).toMatchObject({ id: 'F1', product: 'observed', resource: 'db-pool' })
  })

  test('reads stdin and gzip, and finds the same', async () => {
    const plain = JSON.parse((await interleave(['analyze', frozen, '--json'])).out)
    const zipped = gzipSync(await readFile(frozen))
    const piped = JSON.parse((await interleave(['analyze', '-', '--json'], { stdin: zipped })).out)
    expect(piped.findings).toEqual(plain.findings)
    expect(piped.inputs[0].file).toBe('-')
  })

  test('merges several files, in whatever order they are named', async () => {
    const lines = (await readFile(frozen, 'utf8')).trimEnd().split('\n')
    const half = Math.ceil(lines.length / 2)
    const parts = [join(folder, 'first part.jsonl'), join(folder, 'second part.jsonl')]
    await writeFile(parts[0] ?? '', `${lines.slice(0, half).join('\n')}\n`)
    await writeFile(parts[1] ?? '', `${lines.slice(half).join('\n')}\n`)
    const whole = JSON.parse((await interleave(['analyze', frozen, '--json'])).out)
    for (const order of [parts, parts.toReversed()]) {
      const merged = JSON.parse((await interleave(['analyze', ...order, '--json'])).out)
      expect(merged.trace).toEqual(whole.trace)
      expect(merged.findings).toEqual(whole.findings)
      expect(merged.inputs).toHaveLength(2)
    }
  })

  test('--fail-on exits 1 at or above, 0 below; the result is printed all the same', async () => {
    const failed = await interleave(['analyze', frozen, '--json', '--fail-on', 'high'])
    expect(failed.code).toBe(1)
    expect(JSON.parse(failed.out).findings.length).toBeGreaterThan(0)
    const fixed = await interleave(['analyze', incident('frozen-app', 'fixed'), '--fail-on', 'medium'])
    expect(fixed).toMatchObject({ code: 0, err: '' })
  })

  test('--detector runs only these, wherever the files stand', async () => {
    for (const args of [
      ['analyze', frozen, '--json', '--detector', 'pool-exhausted', 'loop-stall'],
      ['analyze', '--json', '--detector', 'pool-exhausted,loop-stall', frozen],
    ]) {
      const found = JSON.parse((await interleave(args)).out)
      const used = new Set(found.findings.map((finding: { detector: string }) => finding.detector))
      expect([...used]).toEqual(['pool-exhausted'])
    }
    expectOneLine(
      await interleave(['analyze', frozen, '--detector', 'nonsense']),
      /nonsense: no such detector; known: .*pool-exhausted/,
    )
  })

  test('--config changes thresholds and says what is wrong in one', async () => {
    const config = join(folder, 'config.json')
    const analyze = () =>
      interleave(['analyze', frozen, '--json', '--detector', 'pool-exhausted', '--config', config])
    await writeFile(config, JSON.stringify({ thresholds: { poolExhaustedNs: 60e9 } }))
    expect(JSON.parse((await analyze()).out).findings).toEqual([])
    await writeFile(config, JSON.stringify({ thresholds: { poolExhausted: 1 } }))
    expectOneLine(await analyze(), /config\.json:1: thresholds\.poolExhausted: no such threshold; known: /)
    await writeFile(config, '{')
    expectOneLine(await analyze(), /config\.json:1: not JSON/)
    await writeFile(config, '{"thresholds":{"stallNs":"a"}}')
    expectOneLine(await analyze(), /thresholds\.stallNs/)
    expectOneLine(
      await interleave(['analyze', frozen, '--config', join(folder, 'absent.json')]),
      /absent\.json: no such file/,
    )
  })

  test('--config goes for both sides of diff', async () => {
    const config = join(folder, 'diff-config.json')
    await writeFile(config, JSON.stringify({ thresholds: { poolExhaustedNs: 60e9 } }))
    const fixed = incident('frozen-app', 'fixed')
    const added = async (...options: readonly string[]) => {
      const { code, out } = await interleave(['diff', fixed, frozen, '--json', ...options])
      return { code, new: JSON.parse(out).findings.new.map((each: { detector: string }) => each.detector) }
    }
    expect(await added()).toMatchObject({ code: 1, new: expect.arrayContaining(['pool-exhausted']) })
    expect((await added('--config', config)).new).not.toContain('pool-exhausted')
    expectOneLine(
      await interleave([
        'report',
        frozen,
        '-o',
        join(folder, 'r.md'),
        '--config',
        join(folder, 'absent.json'),
      ]),
      /absent\.json: no such file/,
    )
  })

  test('--config allows findings by site: they are ruled out with the reason, and fail nothing', async () => {
    const config = join(folder, 'allow.json')
    const allow = ['leaked-hold', 'pool-exhausted'].map(detector => ({
      detector,
      site: 'checkAccess (auth.ts)',
      reason: 'pinned by design',
    }))
    await writeFile(config, JSON.stringify({ allow }))
    const { out, code } = await interleave([
      'analyze',
      frozen,
      '--json',
      '--fail-on',
      'low',
      '--config',
      config,
    ])
    const found = JSON.parse(out)
    expect({ code, findings: found.findings }).toEqual({ code: 0, findings: [] })
    const ruledOut = found.cleared.map((entry: { reason: string }) => entry.reason)
    expect(ruledOut).toContainEqual(
      expect.stringMatching(
        /^allowed by the config: pinned by design \(checkAccess .* keeps a connection of db-pool/,
      ),
    )
    expect(found.checklist).toContainEqual({
      item: 'unreleased-resource',
      state: 'clean',
      why: 'only what the config allows; see what was ruled out',
    })
  })

  test('for people: worst first, with site, rule, remedy and what was ruled out', async () => {
    const { out, err, code } = await interleave(['analyze', frozen])
    expect({ err, code }).toEqual({ err: '', code: 0 })
    expect(out).toMatch(/F1 {2}(CRITICAL|HIGH)/)
    expect(out).toContain('RULED OUT')
    expect(out).toMatch(/site {5}checkAccess \(auth\.ts:\d+\)/)
    expect(out).not.toContain('\u001b')
  })

  test('a reader that goes away early ends it quietly', async () => {
    const child = spawn(process.execPath, [cliPath, 'analyze', frozen, '--json'])
    let err = ''
    child.stderr.on('data', chunk => {
      err += chunk
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise(done => child.on('close', done))
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })

  test('names with escape sequences do not reach the terminal as such', async () => {
    const hostile = join(folder, 'hostile.json')
    const text = (await readFile(frozen, 'utf8')).replaceAll('db-pool', 'db\\u001b[2Jpool')
    await writeFile(hostile, text)
    for (const args of [['analyze'], ['check'], ['state', '--at', '5s']]) {
      const { out, code } = await interleave([...args, hostile])
      expect(code).toBe(0)
      expect(out).not.toContain('\u001b')
    }
    expect((await interleave(['analyze', hostile])).out).toContain('db\\x1b[2Jpool')
  })
})

describe('bad input', () => {
  const invalid = join(project, 'fixtures', 'invalid')

  test('every file of fixtures/invalid gives a result, or one line and exit 2', async () => {
    const names = (await readdir(invalid)).filter(name => !/\.(md|ts)$/.test(name))
    expect(names.length).toBeGreaterThan(10)
    const waiting = names.map(name => async () => {
      const ran = await interleave(['check', join(invalid, name), '--json'])
      if (ran.code === 0) expect(JSON.parse(ran.out), name).toHaveProperty('trace')
      else expectOneLine(ran, new RegExp(name.replaceAll('.', '\\.')))
    })
    const lane = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await next()
    }
    await Promise.all([lane(), lane()])
  }, 120_000)

  test('what is no trace says what it is and what would be accepted', async () => {
    const page = join(folder, 'page.json')
    await writeFile(page, '<!doctype html><html></html>')
    expectOneLine(await interleave(['analyze', page, '--json']), /HTML page.*Interleave reads/)
    expectOneLine(await interleave(['analyze', '-'], { stdin: '' }), /empty.*Interleave reads/)
  })
})

describe('check and state', () => {
  test('check reports what was read, without findings', async () => {
    const found = JSON.parse((await interleave(['check', frozen, '--json'])).out)
    expect(Object.keys(found)).toEqual(['version', 'inputs', 'trace', 'import'])
    expect((await interleave(['check', frozen])).out).toMatch(/\d+ spans \(\d+ never ended\)/)
  })

  test('state tells holders and waiters, at the same instant by either clock', async () => {
    const relative = JSON.parse((await interleave(['state', frozen, '--at', '5s', '--json'])).out)
    expect(relative.resources[0]).toMatchObject({ resource: 'db-pool', inUse: 10, capacity: 10 })
    expect(relative.resources[0].waiters.length).toBeGreaterThan(0)
    const atNano = BigInt(relative.atUnixNano)
    const second = new Date(Number(atNano / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
    const rfc = `${second}.${String(atNano % 1_000_000_000n).padStart(9, '0')}Z`
    const absolute = JSON.parse((await interleave(['state', frozen, '--at', rfc, '--json'])).out)
    expect(absolute).toEqual(relative)
    expect((await interleave(['state', frozen, '--at', '5000ms'])).out).toContain('10 of 10 in use')
  })

  test('an instant outside the trace, or none at all, is one line', async () => {
    expectOneLine(await interleave(['state', frozen, '--at', '2h']), /2h lies outside the trace/)
    expectOneLine(await interleave(['state', frozen, '--at', 'noon']), /"noon" is no instant; write /)
  })
})

describe('diff', () => {
  const fixed = incident('frozen-app', 'fixed')

  test('from bug to fix: what was wrong is gone, nothing is new, exit 0', async () => {
    const ran = await interleave(['diff', frozen, fixed, '--json'])
    expect(ran).toMatchObject({ code: 0, err: '' })
    const found = JSON.parse(ran.out)
    expect(found).toMatchObject({ version: 1, failed: false, findings: { new: [], same: [] } })
    expect(found.findings.gone.map((each: { signature: string }) => each.signature)).toContain(
      'leaked-hold · resource db-pool · checkAccess (auth.ts)',
    )
    const text = (await interleave(['diff', frozen, fixed])).out
    expect(text).toMatch(/GONE \(2\).+Nothing new\..+db-pool held.+10 of 10 in use/s)
  })

  test('from fix to bug: exit 1, for CI', async () => {
    const { code, out } = await interleave(['diff', fixed, frozen])
    expect(code).toBe(1)
    expect(out).toMatch(/NEW \(2\)\n {2}CRITICAL {2}leaked-hold {2}db-pool/)
  })

  test('an input that cannot be read is told by name', async () => {
    expectOneLine(await interleave(['diff', frozen, 'absent.json']), /absent\.json: no such file/)
  })
})

describe('shot', () => {
  const out = (name: string): string => join(folder, name)

  test('a picture with its slice is a trace again, with the same worst finding', async () => {
    const drawn = await interleave([
      'shot',
      frozen,
      '-o',
      out('with.png'),
      '--embed',
      'slice',
      '--width',
      '900',
    ])
    expect(drawn).toEqual({ code: 0, out: '', err: '' })
    const [from, of] = await Promise.all([
      interleave(['analyze', out('with.png'), '--json']),
      interleave(['analyze', frozen, '--json']),
    ])
    const worst = ({ out: json }: Ran) => JSON.parse(json).findings[0]
    expect(worst(from)).toMatchObject({
      detector: worst(of).detector,
      culprit: { site: worst(of).culprit.site },
    })
  })

  test('a picture of the view alone says what to open beside it', async () => {
    await interleave(['shot', frozen, '-o', out('view.png'), '--embed', 'view', '--width', '900'])
    expectOneLine(await interleave(['analyze', out('view.png')]), /view but no spans; .*bug\.otlp\.jsonl/)
    expect((await interleave(['check', frozen, out('view.png')])).code).toBe(0)
  })

  test('SVG, a finding, an interval; what cannot be drawn is one line', async () => {
    expect((await interleave(['shot', frozen, '-o', out('f1.svg'), '--finding', 'F1'])).code).toBe(0)
    expect(await readFile(out('f1.svg'), 'utf8')).toMatch(/^<svg|^<\?xml/)
    expectOneLine(await interleave(['shot', frozen, '-o', out('x.gif')]), /\.png or \.svg/)
    expectOneLine(
      await interleave(['shot', frozen, '-o', out('x.png'), '--finding', 'F99']),
      /no finding F99/,
    )
    expectOneLine(
      await interleave(['shot', frozen, '-o', out('no/x.png')]),
      /cannot be written: its folder does not exist/,
    )
    expectOneLine(await interleave(['shot', frozen]), /-o, --output/)
  })
})

describe('open', () => {
  /** Starts `open --browser`, waits for its line, and ends it as Ctrl-C does. */
  async function opened(
    args: readonly string[],
    env: Record<string, string> = {},
    stdin = '',
  ): Promise<{
    line: string
    start: { ok: { files: { name: string; token: string }[] } }
    code: number | null
    bytes: string
  }> {
    await mkdir(join(folder, 'data'), { recursive: true })
    const child = spawn(process.execPath, [cliPath, ...args], {
      cwd: project,
      env: { ...process.env, BROWSER: 'none', INTERLEAVE_DATA_DIR: join(folder, 'data'), ...env },
    })
    child.stdin.end(stdin)
    const line = await new Promise<string>((done, failed) => {
      let seen = ''
      child.stdout.setEncoding('utf8').on('data', chunk => {
        seen += chunk
        if (seen.endsWith('\n')) done(seen)
      })
      child.once('close', code => failed(new Error(`ended with ${code} before it served`)))
    })
    const url = new URL(/http:\S+/.exec(line)?.[0] ?? '')
    const token = url.searchParams.get('token') ?? ''
    const response = await fetch(`${url.origin}/api/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-interleave-token': token },
      body: '{"args":[]}',
    })
    const start = await response.json()
    const file = start.ok.files[0]
    const bytes = file ? await (await fetch(`${url.origin}/file/${file.token}?token=${token}`)).text() : ''
    const closed = new Promise<number | null>(done => child.once('close', done))
    child.kill('SIGINT')
    return { line, start, bytes, code: await closed }
  }

  test('serves the named files, says where in one line, and ends on Ctrl-C', async () => {
    const { line, start, code, bytes } = await opened(['open', frozen, '--browser'])
    expect(line).toMatch(
      /^Interleave is at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+ \(in the browser: as asked; .*\)\n$/,
    )
    expect(start.ok.files).toMatchObject([{ name: 'bug.otlp.jsonl' }])
    expect(bytes).toBe(await readFile(frozen, 'utf8'))
    expect(code).toBe(0)
  })

  test('without a command and without a display falls back and says why', async () => {
    const { line, code } = await opened([frozen], { DISPLAY: '', WAYLAND_DISPLAY: '' })
    expect(line).toContain('in the browser: there is no display')
    expect(code).toBe(0)
  })

  test('opens what is piped in', async () => {
    const { bytes, start } = await opened(['open', '-', '--browser'], {}, '{"resourceSpans":[]}')
    expect(start.ok.files).toMatchObject([{ name: 'stdin' }])
    expect(bytes).toBe('{"resourceSpans":[]}')
  })
})

describe('record', () => {
  const run = async (script: string, ...args: string[]): Promise<Ran> => {
    await writeFile(join(folder, 'service.mjs'), script)
    return interleave(['record', '-o', 'out.otlp.jsonl', '--', process.execPath, 'service.mjs', ...args], {
      cwd: folder,
    })
  }

  test('runs a service, hands its options and exit code through, and the recording opens', async () => {
    const ran = await run(
      `console.log(JSON.stringify(process.argv.slice(2))); setTimeout(() => process.exit(7), 50)`,
      '--help',
      '--debug',
      '-o',
    )
    expect(ran.code).toBe(7)
    expect(JSON.parse(ran.out)).toEqual(['--help', '--debug', '-o'])
    expect(ran.err).toMatch(/^interleave: recorded .* into out\.otlp\.jsonl\n$/)
    expect((await interleave(['check', join(folder, 'out.otlp.jsonl')])).code).toBe(0)
  })

  test('ends as a service that exits at once does, every time', async () => {
    for (let round = 0; round < 8; round++) expect((await run('process.exit(3)')).code).toBe(3)
  })

  test('a missing command is one line', async () => {
    expectOneLine(await interleave(['record']), /no command; usage: /)
    expectOneLine(await interleave(['record', '-o', join(folder, 'x.jsonl')]), /no command/)
  })
})
