import { pathTool } from './path'

export const lineTool = pathTool({ type: 'line', least: 2 })
