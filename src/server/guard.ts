import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Why a request may not be answered, or null. A page of somebody else can make the browser talk to us in two ways:
 *
 *   - by its own name that resolves to 127.0.0.1 (DNS rebinding): then `Host` is that name;
 *   - by our address across origins: then `Origin` or `Sec-Fetch-Site` say so.
 *
 * Any port passes in `Host`, because ssh forwards ours to another one.
 */
export function foreignRequest(headers: IncomingHttpHeaders): string | null {
  const host = headers.host ?? ''
  const name = host.replace(/:\d+$/, '')
  if (!loopbackNames.has(name)) return 'wrong host'
  const { origin } = headers
  if (origin !== undefined && origin !== `http://${host}`) return 'wrong origin'
  const site = headers['sec-fetch-site']
  // `none`: typed or opened from outside the browser.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    // A click on a link to us elsewhere is a navigation; it gets the page, which knows no token.
    const navigates = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
    if (!navigates) return 'wrong site'
  }
  return null
}

/** Compares without telling by its time how much was right. */
export function sameToken(given: string | null | undefined, expected: string): boolean {
  const left = Buffer.from(given ?? '')
  const right = Buffer.from(expected)
  return left.length === right.length && timingSafeEqual(left, right)
}
