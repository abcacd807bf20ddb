import { definePlugin } from '../../workbench/ui/plugin'
import { type CategoryDocument, type CategoryView, check, diff, fromResponse, readView, summarise, toResponse } from './categories'
import { View } from './Panels'

export const plugin = definePlugin<CategoryView, CategoryDocument>({
  type: 'categorization',
  phone: true,
  readView,
  empty: () => ({ picked: [] }),
  fromResponse,
  toResponse,
  check,
  summarise,
  diff,
  View,
})
