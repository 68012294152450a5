/**
 * A picture on the clipboard. Browsers paint `image/png` anew, and with that drop the view inside; the same bytes as the
 * address of an `img` in `text/html` stay as they are. Both are written, as "Copy image" of a browser does.
 */

import { toBase64 } from '../../src/core/share/base64.ts'

const MOST_BYTES = 32 * 1024 * 1024
const IMAGE = /<img[^<>]*?\ssrc="data:image\/png;base64,([\w+/]+=*)"/

export async function writePicture(
  clipboard: Clipboard,
  png: Promise<Uint8Array>,
  alt: string,
): Promise<void> {
  const picture = png.then(bytes => new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' }))
  const html = png.then(bytes => new Blob([bytes.length > MOST_BYTES ? '' : imageOf(bytes, alt)], HTML))
  // As promises: the copying has begun in the click, however long the picture takes.
  await clipboard.write([new ClipboardItem({ 'image/png': picture, 'text/html': html })])
}

const HTML = { type: 'text/html' }

const imageOf = (png: Uint8Array, alt: string): string =>
  `<img alt="${escaped(alt)}" src="data:image/png;base64,${toBase64(png)}">`

const escaped = (text: string): string => text.replace(/[&<>"]/g, char => `&#${char.codePointAt(0)};`)

/** The bytes of a picture that was written so, null when the HTML holds none. Nothing of the HTML is parsed or shown. */
export function pictureInHtml(html: string): Uint8Array<ArrayBuffer> | null {
  const base64 = IMAGE.exec(html)?.[1]
  try {
    return base64 === undefined ? null : Uint8Array.from(atob(base64), char => char.charCodeAt(0))
  } catch {
    return null
  }
}
