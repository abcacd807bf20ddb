import { expect, test } from 'vitest'
import { BINDINGS, bindingFor, keyName, remapped } from './keys'

const press = (key: string, code: string, held: Partial<Record<'ctrl' | 'alt' | 'shift' | 'meta', boolean>> = {}) => ({
  key,
  code,
  ctrlKey: held.ctrl ?? false,
  altKey: held.alt ?? false,
  shiftKey: held.shift ?? false,
  metaKey: held.meta ?? false,
})

test('keys are named by letter, digits by position', () => {
  expect(keyName(press('v', 'KeyV'))).toBe('V')
  expect(keyName(press('&', 'Digit1'))).toBe('1')
  expect(keyName(press('!', 'Digit1', { shift: true }))).toBe('Shift+1')
  expect(keyName(press('1', 'Numpad1'))).toBe('1')
  expect(keyName(press('Z', 'KeyZ', { ctrl: true, shift: true }))).toBe('Ctrl+Shift+Z')
  expect(keyName(press('Enter', 'Enter', { meta: true }))).toBe('Ctrl+Enter')
  expect(keyName(press('?', 'Slash', { shift: true }))).toBe('?')
  expect(keyName(press(' ', 'Space'))).toBe('Space')
})

test('a letter of another script counts by its position', () => {
  expect(keyName(press('м', 'KeyV'))).toBe('V')
})

test('no key does two things', () => {
  expect(remapped(BINDINGS, {})).toHaveLength(BINDINGS.length)
})

test('own keys replace the old ones, conflicts are refused', () => {
  const own = remapped(BINDINGS, { 'tool.box': ['Q'] })
  expect(bindingFor(own, 'Q', 'stage')?.id).toBe('tool.box')
  expect(bindingFor(own, 'B', 'stage')).toBeNull()
  expect(() => remapped(BINDINGS, { 'tool.box': ['V'] })).toThrow('The key V is taken by tool.select and tool.box.')
})

test('letters never fire in a text field, submit does', () => {
  expect(bindingFor(BINDINGS, 'B', 'typing')).toBeNull()
  expect(bindingFor(BINDINGS, 'Delete', 'typing')).toBeNull()
  expect(bindingFor(BINDINGS, 'Ctrl+Enter', 'typing')?.id).toBe('submit')
})

test('arrows and Enter belong to a control that has the focus', () => {
  expect(bindingFor(BINDINGS, 'Enter', 'control')).toBeNull()
  expect(bindingFor(BINDINGS, 'Enter', 'stage')?.id).toBe('finish')
  expect(bindingFor(BINDINGS, 'V', 'control')?.id).toBe('tool.select')
})

test('resizing works with Shift for ten pixels', () => {
  expect(bindingFor(BINDINGS, 'Alt+Shift+ArrowLeft', 'stage')?.id).toBe('resize')
})
