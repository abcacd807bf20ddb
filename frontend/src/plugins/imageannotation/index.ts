import { EMPTY_IMAGE, type ImageDocument } from '../../workbench/store/annotations'
import { definePlugin } from '../../workbench/ui/plugin'
import { check } from './check'
import { diff, summarise } from './diff'
import { fromResponse, toResponse } from './response'
import { View } from './Panels'
import { type ImageView, readImageView } from './params'

export const plugin = definePlugin<ImageView, ImageDocument>({
  type: 'imageannotation',
  phone: false,
  readView: readImageView,
  empty: () => EMPTY_IMAGE,
  fromResponse,
  toResponse,
  check,
  summarise,
  diff,
  View,
})
