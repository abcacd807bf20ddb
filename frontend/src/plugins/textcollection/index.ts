import { definePlugin } from '../../workbench/ui/plugin'
import { check, diff, type FormDocument, type FormView, fromResponse, readView, summarise, toResponse } from './form'
import { View } from './Panels'

export const plugin = definePlugin<FormView, FormDocument>({
  type: 'textcollection',
  phone: true,
  readView,
  empty: () => ({ values: {} }),
  fromResponse,
  toResponse,
  check,
  summarise,
  diff,
  View,
})
