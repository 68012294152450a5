/** Canvases of the page for `CanvasPainter`. */
import { CanvasPainter } from '../../src/core/scene/canvas-painter.ts'
import type { Context2d, MakeTile } from '../../src/core/scene/context-2d.ts'
import { PixelLayer } from '../../src/core/scene/pixel-layer.ts'
import type { Mark, Scene } from '../../src/core/scene/scene.ts'

const makeTile: MakeTile = (width, height) => {
  const image = new OffscreenCanvas(width, height)
  return { image, context: image.getContext('2d') as unknown as Context2d }
}

/**
 * Paints scenes on a canvas of the page at the screen's own resolution, and what moves over them. A scene that stays is
 * painted once more beside the screen, and copied from there.
 */
export function screenPainter(canvas: HTMLCanvasElement): (scene: Scene, moving?: readonly Mark[]) => void {
  const screen = surfaceOf(canvas)
  let beside: Surface | null = null
  let painted: Scene | null = null
  let paintedRatio = 0
  let isKept = false
  let over: readonly Mark[] = []
  return (scene, moving = nothing) => {
    if (painted === scene && paintedRatio === screenRatio() && over === moving) return
    over = moving
    if (painted !== scene || paintedRatio !== screenRatio()) {
      screen.paint(scene)
      painted = scene
      paintedRatio = screenRatio()
      isKept = false
    } else {
      beside ??= surfaceOf(document.createElement('canvas'))
      if (!isKept) beside.paint(scene)
      isKept = true
      screen.copy(beside)
    }
    screen.paintOver(scene, moving)
  }
}

const nothing: readonly Mark[] = []

interface Surface {
  readonly canvas: HTMLCanvasElement
  paint(scene: Scene): void
  paintOver(scene: Scene, marks: readonly Mark[]): void
  /** Everything of another surface of this size. */
  copy(from: Surface): void
}

function surfaceOf(canvas: HTMLCanvasElement): Surface {
  const painterFor = fittedPainter(canvas)
  const context = canvas.getContext('2d')!
  let layer: PixelLayer | null = null
  let layerRatio = 0
  return {
    canvas,
    paint: scene => {
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
    },
    paintOver: (scene, marks) => painterFor(scene).paintOver(marks),
    copy: from => {
      context.setTransform(1, 0, 0, 1, 0, 0)
      if (from.canvas.width * from.canvas.height > 0) context.drawImage(from.canvas, 0, 0)
    },
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
