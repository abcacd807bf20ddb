import { EMPTY_IMAGE, type ImageDocument } from '../../workbench/store/annotations'
import { definePlugin, type Plugin } from '../../workbench/ui/plugin'
import { check } from './check'
import { diff, summarise } from './diff'
import { fromResponse, toResponse } from './response'
import { View } from './Panels'
import { type ImageView, readImageView } from './params'

/** Shared with the kinds of work that draw one shape only. */
export const parts: Plugin<ImageView, ImageDocument> = {
  type: 'imageannotation',
  drawn: true,
  phone: false,
  readView: readImageView,
  empty: () => EMPTY_IMAGE,
  fromResponse,
  toResponse,
  check,
  summarise,
  diff,
  View,
}

export const plugin = definePlugin(parts)
