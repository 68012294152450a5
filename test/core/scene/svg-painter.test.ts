import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Scene } from '../../../src/core/scene/scene.ts'
import { escapeXml, paintSvg } from '../../../src/core/scene/svg-painter.ts'
import { sceneOf, sessionOf } from '../../support/scene.ts'

/** Tags balance, attributes are quoted, nothing outside is unescaped, every character is XML 1.0's. */
function wellFormed(xml: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looked for on purpose
  if (!xml.isWellFormed() || /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml)) return false
  const open: string[] = []
  const token =
    /<\?xml[^?]*\?>|<(\/?)([a-zA-Z:]+)((?:\s+[a-zA-Z:-]+="(?:[^"<&]|&(?:amp|lt|gt|quot|#39);)*")*)\s*(\/?)>|([^<]+)/gy
  let at = 0
  for (let match = token.exec(xml); match; match = token.exec(xml)) {
    at = token.lastIndex
    const [, closing, name, , selfClosing, text] = match
    if (text !== undefined && /&(?!(?:amp|lt|gt|quot|#39);)|]]>/.test(text)) return false
    if (name === undefined) continue
    if (closing) {
      if (open.pop() !== name) return false
    } else if (!selfClosing) open.push(name)
  }
  return at === xml.length && open.length === 0
}

const hostile = `</text><script>alert(1)</script> & "x" 'y' ]]> \u0000 \ud800 <!-- `

describe('SVG', () => {
  it('is well-formed whatever the names are', () => {
    const session = sessionOf('T1  R──····W', {
      tasks: { T1: { name: hostile } },
      values: { T1: [hostile, '<b>'] },
      marks: [{ atMs: 2, kind: 'error', text: hostile }],
    })
    const svg = paintSvg(sceneOf(session), { title: hostile, metadata: hostile })
    expect(wellFormed(svg)).toBe(true)
    expect(svg).not.toContain('<script')
    expect(svg).toContain('<text')
  })

  it('escapes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(wellFormed(`<t a="${escapeXml(text)}">${escapeXml(text)}</t>`)).toBe(true)
      }),
    )
  })

  it('the checker itself is not blind', () => {
    expect(wellFormed('<a><b></a>')).toBe(false)
    expect(wellFormed('<a b="<"/>')).toBe(false)
    expect(wellFormed('<a>&x</a>')).toBe(false)
  })

  it('closes clips that a scene leaves open', () => {
    const scene: Scene = {
      widthPx: 10,
      heightPx: 10,
      background: '#ffffff',
      marks: [
        { kind: 'clip', x: 0, y: 0, w: 5, h: 5 },
        { kind: 'clip', x: 1, y: 1, w: 2, h: 2 },
      ],
      hits: [],
      laneBoxes: [],
      contentPx: 10,
    }
    expect(wellFormed(paintSvg(scene))).toBe(true)
  })
})
