/** Canvases of the page for `CanvasPainter`. */
import { CanvasPainter } from '../../src/core/scene/canvas-painter.ts'
import type { Context2d, MakeTile } from '../../src/core/scene/context-2d.ts'
import { PixelLayer } from '../../src/core/scene/pixel-layer.ts'
import type { Mark, Scene } from '../../src/core/scene/scene.ts'

const makeTile: MakeTile = (width, height) => {
  const image = new OffscreenCanvas(width, height)
  return { image, context: image.getContext('2d') as unknown as Context2d }
}

/** Paints scenes on a canvas of the page at the screen's own resolution. */
export function screenPainter(canvas: HTMLCanvasElement): (scene: Scene) => void {
  const painterFor = fittedPainter(canvas)
  const context = canvas.getContext('2d')!
  let layer: PixelLayer | null = null
  let layerRatio = 0
  return scene => {
    const painter = painterFor(scene)
    const { width, height } = canvas
    // A folded pane has no pixels.
    if (hasGraphicsCard() || width * height === 0) {
      painter.paint(scene)
      return
    }
    const ratio = screenRatio()
    if (layer?.pixels.widthPx !== width || layer.pixels.heightPx !== height || layerRatio !== ratio) {
      layer = new PixelLayer(width, height, ratio)
      layerRatio = ratio
    }
    const left = layer.draw(scene)
    context.putImageData(new ImageData(layer.pixels.bytes, width), 0, 0)
    painter.paintOver(left)
  }
}

/** Paints a scene that stays, once, and what moves over it every time. */
export function layeredPainter(canvas: HTMLCanvasElement): (still: Scene, moving: readonly Mark[]) => void {
  const backdrop = document.createElement('canvas')
  const backdropFor = fittedPainter(backdrop)
  const painterFor = fittedPainter(canvas)
  const context = canvas.getContext('2d')!
  let painted: Scene | null = null
  let paintedRatio = 0
  return (still, moving) => {
    if (painted !== still || paintedRatio !== screenRatio()) {
      backdropFor(still).paint(still)
      painted = still
      paintedRatio = screenRatio()
    }
    const painter = painterFor(still)
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.drawImage(backdrop, 0, 0)
    painter.paintOver(moving)
  }
}

/**
 * Whether a graphics card paints: then rectangles are cheap, and whole pictures slow to hand over. Asking takes 20 ms, so
 * that it waits until there is nothing else to do; until then there is none.
 */
function hasGraphicsCard(): boolean {
  if (graphicsCard === null) {
    graphicsCard = false
    requestIdleCallback(() => {
      const gl = new OffscreenCanvas(1, 1).getContext('webgl')
      const named = gl?.getExtension('WEBGL_debug_renderer_info')
      const name = named ? String(gl!.getParameter(named.UNMASKED_RENDERER_WEBGL)) : 'software'
      graphicsCard = !/swiftshader|llvmpipe|software|basic render/i.test(name)
    })
  }
  return graphicsCard
}
let graphicsCard: boolean | null = null

const screenRatio = (): number => window.devicePixelRatio || 1

/** Gives the canvas the scene's size, and its painter. The painter is kept while the screen's ratio stays, and with it the patterns. */
function fittedPainter(canvas: HTMLCanvasElement): (scene: Scene) => CanvasPainter {
  const context = canvas.getContext('2d') as unknown as Context2d
  let painter: CanvasPainter | null = null
  let painterRatio = 0
  return scene => {
    const ratio = screenRatio()
    const width = Math.round(scene.widthPx * ratio)
    const height = Math.round(scene.heightPx * ratio)
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
      canvas.style.width = `${scene.widthPx}px`
      canvas.style.height = `${scene.heightPx}px`
    }
    if (!painter || painterRatio !== ratio) {
      painter = new CanvasPainter(context, ratio, makeTile)
      painterRatio = ratio
    }
    return painter
  }
}
