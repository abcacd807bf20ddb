import { type Box } from './box'
import { clamp, type Point, type Size } from './point'

/** screen = image × scale + (x, y); scale 1 is one image pixel per CSS pixel. */
export interface Viewport {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export const MIN_SCALE = 0.02
export const MAX_SCALE = 40
const KEEP_VISIBLE_PX = 48

export const toScreen = (view: Viewport, point: Point): Point => ({
  x: point.x * view.scale + view.x,
  y: point.y * view.scale + view.y,
})

export const toImage = (view: Viewport, screen: Point): Point => ({
  x: (screen.x - view.x) / view.scale,
  y: (screen.y - view.y) / view.scale,
})

export function fitTo(image: Size, host: Size, margin = 16): Viewport {
  const room = { width: Math.max(1, host.width - 2 * margin), height: Math.max(1, host.height - 2 * margin) }
  const scale = clamp(Math.min(room.width / image.width, room.height / image.height), MIN_SCALE, MAX_SCALE)
  return { scale, x: (host.width - image.width * scale) / 2, y: (host.height - image.height * scale) / 2 }
}

/** Zooms so that the image point under a screen point stays there. */
export function zoomAt(view: Viewport, screen: Point, scale: number): Viewport {
  const next = clamp(scale, MIN_SCALE, MAX_SCALE)
  const still = toImage(view, screen)
  return { scale: next, x: screen.x - still.x * next, y: screen.y - still.y * next }
}

/** 1:1 around the middle of the host; whole pixels, so that image pixels meet screen pixels. */
export function actualSize(view: Viewport, host: Size): Viewport {
  const one = zoomAt(view, { x: host.width / 2, y: host.height / 2 }, 1)
  return { scale: 1, x: Math.round(one.x), y: Math.round(one.y) }
}

/** Keeps a strip of the picture in sight, however far it is dragged. */
export function keepInSight(view: Viewport, image: Size, host: Size): Viewport {
  return {
    scale: view.scale,
    x: clamp(view.x, KEEP_VISIBLE_PX - image.width * view.scale, host.width - KEEP_VISIBLE_PX),
    y: clamp(view.y, KEEP_VISIBLE_PX - image.height * view.scale, host.height - KEEP_VISIBLE_PX),
  }
}

export function visibleBox(view: Viewport, host: Size): Box {
  const { x: left, y: top } = toImage(view, { x: 0, y: 0 })
  return { left, top, width: host.width / view.scale, height: host.height / view.scale }
}

/** Moves as little as needed to bring a box of the image into sight. */
export function reveal(view: Viewport, box: Box, host: Size, margin = 40): Viewport {
  const from = toScreen(view, { x: box.left, y: box.top })
  const to = toScreen(view, { x: box.left + box.width, y: box.top + box.height })
  const shift = (low: number, high: number, room: number): number => {
    if (high - low > room - 2 * margin) return (room - low - high) / 2
    if (low < margin) return margin - low
    return high > room - margin ? room - margin - high : 0
  }
  const inside = from.x >= 0 && from.y >= 0 && to.x <= host.width && to.y <= host.height
  if (inside) return view
  return { ...view, x: view.x + shift(from.x, to.x, host.width), y: view.y + shift(from.y, to.y, host.height) }
}
