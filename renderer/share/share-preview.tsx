import { useEffect, useMemo, useRef } from 'react'
import { announce } from '../actions/announce.ts'
import { screenPainter } from '../timeline/canvas.ts'
import { useApp } from '../widgets/app-context.ts'
import { IconButton } from '../widgets/icon-button.tsx'
import type { ShareChoices } from './share-choices.ts'
import { altText, type Shared, sharedScene } from './share-picture.ts'

interface PreviewProps {
  readonly shared: Shared
  readonly choices: ShareChoices
}

/** The picture as it will be, with the words for those who can't see it. */
export function SharePreview({ shared, choices }: PreviewProps) {
  const app = useApp()
  const alt = altText(app, shared, choices)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="share-paper scroll" tabIndex={0}>
        <Paper shared={shared} choices={choices} alt={alt} />
      </div>
      <figcaption>
        <span className="overline">Alt text</span>
        <span className="share-alt">{alt}</span>
        <IconButton
          icon="copy"
          tiny
          label="Copy alt text"
          onClick={() => void navigator.clipboard.writeText(alt).then(() => announce(app, 'Alt text copied'))}
        />
      </figcaption>
    </>
  )
}

function Paper({ shared, choices, alt }: PreviewProps & { readonly alt: string }) {
  const app = useApp()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scene = useMemo(() => sharedScene(app, shared, choices), [app, shared, choices])
  useEffect(() => {
    screenPainter(canvas.current!)(scene)
    // The painter sets the size of the scene; here the paper is as wide as there is room.
    canvas.current!.style.width = '100%'
    canvas.current!.style.height = 'auto'
  }, [scene])
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={alt} />
      <p className="share-size">
        {Math.ceil(scene.widthPx * choices.scale)} × {Math.ceil(scene.heightPx * choices.scale)} px
      </p>
    </>
  )
}
