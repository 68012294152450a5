import { toBase64 } from './base64.ts'

/** A font that travels inside a file. */
export interface EmbeddedFont {
  readonly family: string
  /** WOFF2 of a variable font. */
  readonly bytes: Uint8Array
}

/** `@font-face` rules with the fonts inside, so that text looks the same where they are not installed. */
export const fontCss = (fonts: readonly EmbeddedFont[]): string =>
  fonts
    .map(
      ({ family, bytes }) =>
        `@font-face{font-family:"${family}";font-weight:100 900;src:url(data:font/woff2;base64,${toBase64(bytes)}) format("woff2")}`,
    )
    .join('')
