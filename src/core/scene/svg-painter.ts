import { arrowHead, controlPoint, DASH } from './canvas-painter.ts'
import { hatchLines } from './pattern-tiles.ts'
import type { Mark, Scene } from './scene.ts'
import { symbolPath } from './symbols.ts'
import { fonts } from './theme.ts'

export interface SvgOptions {
  /** Text alternative; it becomes the title. */
  readonly title?: string
  /** CSS put into the picture, e.g. `@font-face` rules with the fonts inside. */
  readonly css?: string
  /** Text of `<metadata id="interleave">`: what `share/svg-payload.ts` finds again. */
  readonly metadata?: string
  /** Before every id inside: several pictures in one page must not share them. */
  readonly idPrefix?: string
}

/** A scene as a self-contained SVG document: text stays text, with fall-back fonts. */
export function paintSvg(scene: Scene, options: SvgOptions = {}): string {
  const writer = new SvgWriter(options.idPrefix ?? '')
  for (const mark of scene.marks) writer.draw(mark)
  const { widthPx: w, heightPx: h } = scene
  const title = options.title ? `<title>${escapeXml(options.title)}</title>` : ''
  const style = options.css ? `<style>${escapeXml(options.css)}</style>` : ''
  const metadata = options.metadata
    ? `<metadata id="interleave">${escapeXml(options.metadata)}</metadata>`
    : ''
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${num(w)}" height="${num(h)}" viewBox="0 0 ${num(w)} ${num(h)}" role="img">
${title}${metadata}${style}<defs>${writer.defs()}</defs>
<rect width="${num(w)}" height="${num(h)}" fill="${scene.background}"/>
${writer.body()}
</svg>
`
}

class SvgWriter {
  readonly #out: string[] = []
  readonly #defs = new Map<string, string>()
  readonly #idPrefix: string
  #clips = 0
  #open = 0

  constructor(idPrefix: string) {
    this.#idPrefix = idPrefix
  }

  draw(mark: Mark): void {
    switch (mark.kind) {
      case 'rect':
        this.#rect(mark)
        return
      case 'line':
        this.#line(mark)
        return
      case 'text':
        this.#text(mark)
        return
      case 'path':
        this.#path(mark)
        return
      case 'symbol':
        this.#symbol(mark)
        return
      case 'clip': {
        const id = `${this.#idPrefix}clip${this.#clips++}`
        this.#defs.set(
          id,
          `<clipPath id="${id}"><rect x="${num(mark.x)}" y="${num(mark.y)}" width="${num(mark.w)}" height="${num(mark.h)}"/></clipPath>`,
        )
        this.#out.push(`<g clip-path="url(#${id})">`)
        this.#open++
        return
      }
      case 'unclip':
        if (this.#open === 0) return
        this.#open--
        this.#out.push('</g>')
        return
    }
  }

  defs = (): string => [...this.#defs.values()].join('')

  body = (): string => this.#out.join('\n') + '</g>'.repeat(this.#open)

  #rect(mark: Extract<Mark, { kind: 'rect' }>): void {
    const place = `x="${num(mark.x)}" y="${num(mark.y)}" width="${num(Math.max(0, mark.w))}" height="${num(Math.max(0, mark.h))}"`
    const round = mark.radius ? ` rx="${num(mark.radius)}"` : ''
    const stroke =
      mark.stroke !== undefined && (mark.strokeWidth ?? 0) > 0
        ? ` stroke="${mark.stroke}" stroke-width="${num(mark.strokeWidth ?? 1)}"${mark.dashed ? dash : ''}`
        : ''
    const alpha = mark.alpha === undefined ? '' : ` opacity="${num(mark.alpha)}"`
    if (mark.pattern === 'hatch' || mark.pattern === 'cross') {
      const tint = hatchLines[mark.pattern].tint * (mark.alpha ?? 1)
      this.#out.push(`<rect ${place}${round} fill="${mark.fill}" opacity="${num(tint)}"/>`)
    }
    const opacity = mark.pattern === 'light' ? ' fill-opacity="0.4"' : ''
    this.#out.push(`<rect ${place}${round} fill="${this.#fill(mark)}"${opacity}${stroke}${alpha}/>`)
  }

  #fill({ pattern, fill }: Extract<Mark, { kind: 'rect' }>): string {
    if (pattern === 'none') return 'none'
    if (pattern === 'solid' || pattern === 'light') return fill
    const id = `${this.#idPrefix}${pattern}${fill.replace(/[^0-9a-zA-Z]/g, '')}`
    if (!this.#defs.has(id))
      this.#defs.set(id, pattern === 'fade' ? fade(id, fill) : lines(id, pattern, fill))
    return `url(#${id})`
  }

  #line(mark: Extract<Mark, { kind: 'line' }>): void {
    const { x1, y1, x2, y2 } = mark
    const control = controlPoint(mark)
    const angle = Math.atan2(y2 - control.y, x2 - control.x)
    const head = mark.arrow ? 5 + mark.width : 0
    const endX = x2 - Math.cos(angle) * head * 0.8
    const endY = y2 - Math.sin(angle) * head * 0.8
    const route = mark.bend
      ? `Q${num(control.x)} ${num(control.y)} ${num(endX)} ${num(endY)}`
      : `L${num(endX)} ${num(endY)}`
    const alpha = mark.alpha === undefined ? '' : ` opacity="${num(mark.alpha)}"`
    this.#out.push(
      `<path d="M${num(x1)} ${num(y1)}${route}" fill="none" stroke="${mark.stroke}" stroke-width="${num(mark.width)}"${mark.dashed ? dash : ''}${alpha}/>`,
    )
    if (head > 0) {
      const corners = arrowHead(x2, y2, angle, head).map(([x, y]) => `${num(x)},${num(y)}`)
      this.#out.push(`<polygon points="${corners.join(' ')}" fill="${mark.stroke}"${alpha}/>`)
    }
  }

  #text(mark: Extract<Mark, { kind: 'text' }>): void {
    const halo =
      mark.halo === undefined
        ? ''
        : ` stroke="${mark.halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`
    const family = escapeXml(mark.mono ? fonts.mono : fonts.sans)
    const weight = mark.bold ? ' font-weight="600"' : ''
    const anchor = mark.align && mark.align !== 'start' ? ` text-anchor="${mark.align}"` : ''
    this.#out.push(
      `<text x="${num(mark.x)}" y="${num(mark.y)}" font-size="${num(mark.size)}" font-family="${family}"${weight}${anchor} fill="${mark.fill}"${halo} xml:space="preserve">${escapeXml(mark.text)}</text>`,
    )
  }

  #path(mark: Extract<Mark, { kind: 'path' }>): void {
    if (mark.points.length < 4) return
    const points: string[] = []
    for (let at = 0; at + 1 < mark.points.length; at += 2) {
      points.push(`${num(mark.points[at]!)},${num(mark.points[at + 1]!)}`)
    }
    const stroke =
      mark.stroke === undefined
        ? ''
        : ` stroke="${mark.stroke}" stroke-width="${num(mark.width ?? 1)}"${mark.dashed ? dash : ''}`
    const alpha = mark.alpha === undefined ? '' : ` opacity="${num(mark.alpha)}"`
    this.#out.push(`<polyline points="${points.join(' ')}" fill="${mark.fill ?? 'none'}"${stroke}${alpha}/>`)
  }

  #symbol({ symbol, x, y, size, fill, stroke }: Extract<Mark, { kind: 'symbol' }>): void {
    for (const part of symbolPath(symbol, x, y, size, fill, stroke)) {
      const line = part.stroke === 'none' ? '' : ` stroke="${part.stroke}" stroke-width="${num(part.width)}"`
      if (part.circle) {
        const { x: cx, y: cy, r } = part.circle
        this.#out.push(
          `<circle cx="${num(cx)}" cy="${num(cy)}" r="${num(Math.max(0, r))}" fill="${part.fill}"${line}/>`,
        )
        continue
      }
      const points = part.points.map(([px, py]) => `${num(px)},${num(py)}`).join(' ')
      this.#out.push(
        `<${part.closed ? 'polygon' : 'polyline'} points="${points}" fill="${part.fill}"${line}/>`,
      )
    }
  }
}

const dash = ` stroke-dasharray="${DASH.join(' ')}"`

const fade = (id: string, fill: string): string =>
  `<linearGradient id="${id}"><stop offset="0" stop-color="${fill}" stop-opacity="0"/><stop offset="0.8" stop-color="${fill}"/></linearGradient>`

function lines(id: string, pattern: 'hatch' | 'cross', fill: string): string {
  const { tile, width, strength } = hatchLines[pattern]
  const rising = [-tile, 0, tile].map(shift => `M${shift - 2} ${tile + 2}L${shift + tile + 2} -2`)
  const falling = [-tile, 0, tile].map(shift => `M${shift - 2} -2L${shift + tile + 2} ${tile + 2}`)
  const route = [...rising, ...(pattern === 'cross' ? falling : [])].join('')
  return `<pattern id="${id}" width="${tile}" height="${tile}" patternUnits="userSpaceOnUse"><path d="${route}" stroke="${fill}" stroke-width="${width}" stroke-opacity="${strength}" fill="none"/></pattern>`
}

/** Two decimals are finer than any screen. */
const num = (value: number): string => String(Math.round(value * 100) / 100)

/** Text of any origin as XML text or attribute: markup escaped, what XML 1.0 cannot hold replaced. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  )
}
