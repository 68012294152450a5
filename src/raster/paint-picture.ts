import type { Picture } from '../core/scene/scene.ts'

/** `paintPng`, loaded with its native module when the first picture is asked for. */
export async function paintPicture(picture: Picture, scale: number): Promise<Uint8Array> {
  const { paintPng } = await import('./node-canvas.ts')
  return paintPng(picture, scale)
}
