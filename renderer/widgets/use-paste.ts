import { useEffect } from 'react'
import { fromPage, openFiles } from '../actions/open.ts'
import { pictureInHtml } from '../share/clipboard-picture.ts'
import { useApp } from './app-context.ts'

/** Ctrl+V opens what is on the clipboard: files, a picture, or the text of a trace. */
export function usePaste(): void {
  const app = useApp()
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea')
      if (typing || !event.clipboardData || app.dialogs.getState().open !== 'none') return
      // Of a picture that the app copied, the HTML has the bytes that the pixels lost.
      const picture = pictureInHtml(event.clipboardData.getData('text/html'))
      const files = picture
        ? [new File([picture], 'pasted.png', { type: 'image/png' })]
        : [...event.clipboardData.files]
      const text = event.clipboardData.getData('text/plain')
      if (files.length === 0 && /^\s*[[{]/.test(text)) files.push(new File([text], 'pasted.json'))
      if (files.length === 0) return
      event.preventDefault()
      void openFiles(
        app,
        files.map(file => ({ ...fromPage(file), pasted: true })),
      )
    }
    window.addEventListener('paste', paste)
    return () => window.removeEventListener('paste', paste)
  }, [app])
}
