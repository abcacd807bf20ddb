import '../styles/main.css'
import { startLive } from '../live/start'
import { markBusy } from './busy'
import { bindControllers } from './controller'
import { copy } from './controllers/copy'
import { closeDialogs, dialog, open } from './controllers/dialog'
import { drop } from './controllers/drop'
import { errors } from './controllers/errors'
import { filter } from './controllers/filter'
import { keys } from './controllers/keys'
import { live } from './controllers/live'
import { order } from './controllers/order'
import { picture } from './controllers/picture'
import { preview } from './controllers/preview'
import { print } from './controllers/print'
import { theme } from './controllers/theme'
import { timeZone } from './controllers/time-zone'
import { toast } from './controllers/toast'

bindControllers({ copy, dialog, drop, errors, filter, keys, live, open, order, picture, preview, print, theme, 'time-zone': timeZone, toast })
closeDialogs()
markBusy()
startLive()
// where the tabs do not fit, the one that is open is in sight
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
