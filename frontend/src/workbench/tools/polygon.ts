import { pathTool } from './path'

export const polygonTool = pathTool({ type: 'polygon', least: 3 })
