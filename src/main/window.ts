import type { BrowserWindowConstructorOptions } from 'electron'
import { webPreferences } from './lock-down.ts'

/** Background of the first frame, as the page's own in either theme. */
const background = { light: '#ffffff', dark: '#16181d' }

/** Shown once it has something to show. */
export function windowOptions(preload: string, dark: boolean): BrowserWindowConstructorOptions {
  return {
    title: 'Interleave',
    width: 1440,
    height: 900,
    minWidth: 720,
    minHeight: 480,
    show: false,
    backgroundColor: dark ? background.dark : background.light,
    webPreferences: { ...webPreferences, preload },
  }
}
