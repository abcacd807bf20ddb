import { EMPTY_ENTITIES, type EntityDocument } from '../../workbench/store/entities'
import { definePlugin } from '../../workbench/ui/plugin'
import { check } from './check'
import { diff, summarise } from './diff'
import { KEY_TITLES } from './keys'
import { View } from './Panels'
import { type EntityView, readView } from './params'
import { fromResponse, toResponse } from './response'

export const plugin = definePlugin<EntityView, EntityDocument>({
  type: 'namedentityrecognition',
  written: true,
  phone: false,
  keys: KEY_TITLES,
  readView,
  empty: () => EMPTY_ENTITIES,
  fromResponse,
  toResponse,
  check,
  summarise,
  diff,
  View,
})
