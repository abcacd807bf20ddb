import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** From high to low: a file imports from its own level and from those below. */
const LEVELS = ['main', 'plugins', 'ui', 'stage', 'session', 'tools', 'store', 'geometry', 'live']
const SOURCE = resolve(import.meta.dirname)

function levelOf(file: string): string {
  const [first, second] = relative(SOURCE, file).split('/')
  if (first !== 'workbench') return first ?? ''
  return second?.startsWith('main') ? 'main' : (second ?? '')
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map(([, from, lazily]) =>
    resolve(join(file, '..'), from ?? lazily ?? ''),
  )
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(?:workbench|plugins)\/.*\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => join(SOURCE, name))

test('imports go down', () => {
  const upward = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => LEVELS.indexOf(levelOf(target)) < LEVELS.indexOf(levelOf(file)))
      .map((target) => `${relative(SOURCE, file)} imports ${relative(SOURCE, target)}`),
  )
  expect(files.length).toBeGreaterThan(60)
  expect(upward).toEqual([])
})

test('every file stands on a known level', () => {
  expect(files.map(levelOf).filter((level) => !LEVELS.includes(level))).toEqual([])
})
