/** Where a key works. `stage`: stage, object list or nothing has the focus. `typing`: in text fields too. */
export type KeyPlace = 'stage' | 'page' | 'typing'
export type KeyGroup = 'tools' | 'objects' | 'picture' | 'task' | 'review'

export interface Binding {
  readonly id: string
  readonly keys: readonly string[]
  readonly title: string
  readonly group: KeyGroup
  readonly place: KeyPlace
}

const bind = (id: string, keys: string, title: string, group: KeyGroup, place: KeyPlace = 'page'): Binding => ({
  id,
  keys: keys.split(' '),
  title,
  group,
  place,
})

/** Every shortcut of the workbench, in the order of the key sheet. Titles are source strings for t(). */
export const BINDINGS: readonly Binding[] = [
  bind('tool.select', 'V', 'Select', 'tools'),
  bind('tool.box', 'B', 'Box', 'tools'),
  bind('tool.polygon', 'P', 'Polygon', 'tools'),
  bind('tool.line', 'L', 'Line', 'tools'),
  bind('tool.point', 'K', 'Point', 'tools'),
  bind('tool.pan', 'H', 'Move the picture', 'tools'),
  bind('pan.hold', 'Space', 'Move the picture while held', 'tools', 'stage'),
  bind('choice', '1 2 3 4 5 6 7 8 9 0', 'Label, or answer in a form', 'objects'),
  bind('next', 'Tab', 'Next object', 'objects', 'stage'),
  bind('previous', 'Shift+Tab', 'Previous object', 'objects', 'stage'),
  bind('finish', 'Enter', 'Draw or finish the shape', 'objects', 'stage'),
  bind('cancel', 'Escape', 'Cancel the shape, the selection, then leave', 'objects', 'typing'),
  bind('nudge', 'ArrowLeft ArrowRight ArrowUp ArrowDown', 'Move by 1 px', 'objects', 'stage'),
  bind('nudge.far', 'Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown', 'Move by 10 px', 'objects', 'stage'),
  bind(
    'resize',
    'Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown Ctrl+ArrowLeft Ctrl+ArrowRight Ctrl+ArrowUp Ctrl+ArrowDown',
    'Resize by 1 px',
    'objects',
    'stage',
  ),
  bind('remove', 'Delete Backspace', 'Remove', 'objects', 'stage'),
  bind('undo', 'U Ctrl+Z', 'Undo', 'objects'),
  bind('redo', 'Y Ctrl+Shift+Z', 'Redo', 'objects'),
  bind('hide', 'N', 'Not visible on or off', 'objects'),
  bind('duplicate', 'D', 'Duplicate', 'objects'),
  bind('text.all', 'M', 'Mark all that read the same', 'objects'),
  bind('text.relate', 'E', 'Lead a relation from the object', 'objects'),
  bind('text.find', 'W', 'Search the text', 'picture'),
  bind('bare.hold', 'S', 'Show without objects while held', 'picture'),
  bind('zoom.in', 'Z +', 'Zoom in', 'picture'),
  bind('zoom.out', '-', 'Zoom out', 'picture'),
  bind('zoom.fit', 'Shift+1', 'Fit', 'picture'),
  bind('zoom.actual', 'Shift+0', 'Original size, 1:1', 'picture'),
  bind('instructions', 'I', 'Instructions', 'task'),
  bind('keys', '?', 'These keys', 'task'),
  bind('panel', 'F6', 'Next panel', 'task', 'typing'),
  bind('submit', 'Ctrl+Enter', 'Submit and next', 'task', 'typing'),
  bind('submit.stop', 'Ctrl+Shift+Enter', 'Submit and stop', 'task', 'typing'),
  bind('accept', 'A', 'Accept', 'review'),
  bind('fix', 'F', 'Fix', 'review'),
  bind('reject', 'R', 'Reject', 'review'),
  bind('flick', 'X', 'Flick between the answers', 'review'),
]

export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const SIGNS = new Set(['?', '+', '-'])

function baseKey(press: KeyPress): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1]
  if (digit !== undefined) return digit // by position: on AZERTY the digits need Shift
  if (press.key === ' ') return 'Space'
  if (/^[a-z]$/i.test(press.key)) return press.key.toUpperCase()
  if (SIGNS.has(press.key)) return press.key
  if (press.key === '_') return '-'
  return /^Key([A-Z])$/.exec(press.code)?.[1] ?? press.key // other scripts: by position
}

/** The name of a key press as bindings write it, such as Ctrl+Shift+Z. */
export function keyName(press: KeyPress): string {
  const base = baseKey(press)
  const parts = [press.ctrlKey || press.metaKey ? 'Ctrl' : '', press.altKey ? 'Alt' : '']
  if (press.shiftKey && !SIGNS.has(base)) parts.push('Shift')
  return [...parts.filter(Boolean), base].join('+')
}

export type Remap = Readonly<Record<string, readonly string[]>>

/** Applies a person's own keys; throws when one key would do two things. */
export function remapped(bindings: readonly Binding[], remap: Remap): readonly Binding[] {
  const taken = new Map<string, string>()
  return bindings.map((binding) => {
    const keys = remap[binding.id] ?? binding.keys
    for (const key of keys) {
      const other = taken.get(key)
      if (other !== undefined) throw new RangeError(`The key ${key} is taken by ${other} and ${binding.id}.`)
      taken.set(key, binding.id)
    }
    return { ...binding, keys }
  })
}

export type Focus = 'stage' | 'control' | 'typing'

/** Which binding a key press means where the focus is; null when the page should leave it to the browser. */
export function bindingFor(bindings: readonly Binding[], name: string, focus: Focus): Binding | null {
  const binding = bindings.find(({ keys }) => keys.includes(name)) ?? looseMatch(bindings, name)
  if (!binding) return null
  if (focus === 'typing') return binding.place === 'typing' ? binding : null
  if (focus === 'control') return binding.place === 'stage' ? null : binding
  return binding
}

/** Shift with a resize or a letter means the same as without where nothing else claims it. */
function looseMatch(bindings: readonly Binding[], name: string): Binding | undefined {
  const plain = name.replace('Shift+', '')
  if (plain === name || !/^(?:Alt|Ctrl)\+Arrow/.test(plain)) return undefined
  return bindings.find(({ keys }) => keys.includes(plain))
}
