const held = new Map<string, HTMLImageElement>()
const MOST = 4

/** Loads and decodes a picture before it is needed; one that fails is loaded again when it is. */
export async function preload(url: string): Promise<void> {
  if (held.has(url)) return
  const picture = new Image()
  picture.src = url
  held.set(url, picture)
  const oldest = held.keys().next().value
  if (held.size > MOST && oldest !== undefined) held.delete(oldest)
  await picture.decode().catch(() => held.delete(url))
}

/** The element of a picture: the one that was loaded before, else a new one that begins to load. */
export function pictureOf(url: string): HTMLImageElement {
  const picture = held.get(url) ?? new Image()
  held.delete(url)
  if (!picture.src) picture.src = url
  return picture
}
