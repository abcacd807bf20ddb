import type { ShapeType } from '../workbench/geometry/shape'
import type { AnyPlugin } from '../workbench/ui/plugin'

const single = async (type: string, shape: ShapeType): Promise<{ plugin: AnyPlugin }> => {
  const { singleShape } = await import('./singleshape')
  return { plugin: singleShape(type, shape) }
}

const LOADERS: Readonly<Record<string, () => Promise<{ plugin: AnyPlugin }>>> = {
  annotation: () => single('annotation', 'box'),
  categorization: () => import('./categorization'),
  imageannotation: () => import('./imageannotation'),
  lineannotation: () => single('lineannotation', 'line'),
  namedentityrecognition: () => import('./namedentityrecognition'),
  pointannotation: () => single('pointannotation', 'point'),
  polygonannotation: () => single('polygonannotation', 'polygon'),
  textcollection: () => import('./textcollection'),
}

const loaded = new Map<string, AnyPlugin>()

/** Loads the code of one kind of work, once. */
export async function loadPlugin(type: string): Promise<AnyPlugin> {
  const loader = LOADERS[type]
  if (!loader) throw new RangeError(`There is no view for the task type ${type}.`)
  const { plugin } = await loader()
  loaded.set(type, plugin)
  return plugin
}

/** A kind of work whose code is here already: whatever is open has been loaded before. */
export function loadedPlugin(type: string): AnyPlugin {
  const plugin = loaded.get(type)
  if (!plugin) throw new RangeError(`The task type ${type} has not been loaded.`)
  return plugin
}
