import type { ImportProgress } from '../core/import/import.ts'

const widthChars = 24
const everyMs = 100
const clearLine = '\r\u001b[2K'

/** A bar on a terminal, silence when piped. */
export interface Progress {
  readonly onProgress: (progress: ImportProgress) => void
  /** Wipes the bar, so that what follows stands alone. */
  done(): void
}

export function progressBar(to: NodeJS.WriteStream = process.stderr): Progress {
  if (!to.isTTY) return { onProgress: () => {}, done: () => {} }
  let shownMs = performance.now()
  let shown = false
  return {
    onProgress({ file, bytesRead, bytesTotal, spans }) {
      const now = performance.now()
      if (now - shownMs < everyMs) return
      shownMs = now
      shown = true
      to.write(`${clearLine}${bar(bytesRead, bytesTotal)} ${spans.toLocaleString('en')} spans  ${file}`)
    },
    done() {
      if (shown) to.write(clearLine)
      shown = false
    },
  }
}

function bar(bytesRead: number, bytesTotal: number): string {
  const megabytes = `${(bytesRead / 1e6).toFixed(1)} MB`
  if (bytesTotal <= 0) return megabytes
  const part = Math.min(1, bytesRead / bytesTotal)
  const filled = Math.round(part * widthChars)
  return `▕${'█'.repeat(filled)}${' '.repeat(widthChars - filled)}▏${Math.round(part * 100)} % ${megabytes}`
}
