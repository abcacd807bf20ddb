import { createRoot } from 'react-dom/client'
import { startLive } from '../live/start'
import { loadedPlugin, loadPlugin } from '../plugins/registry'
import { embeddedJson, readConfig } from './session/config'
import { WorkSession } from './session/workSession'
import { preload } from './stage/pictures'
import { setLanguage } from './store/i18n'
import { Shortcuts } from './ui/shortcuts'
import { Workbench } from './ui/Workbench'
import '../styles/main.css'
import './workbench.css'

declare global {
  interface Window {
    /** For browser tests: only on pages whose mount carries data-test. */
    __workbench?: Record<string, unknown>
  }
}

const expose = (name: string, thing: unknown): void => {
  if (window.__workbench) window.__workbench[name] = thing
}

/** Opens the workbench on the page's mount; returns what closes it. */
function openBench(mount: HTMLElement): () => void {
  const config = readConfig(mount)
  setLanguage(config.language, embeddedJson('catalogue'))
  if (config.test) window.__workbench = {}
  const session = new WorkSession(config, loadPlugin, preload)
  expose('session', session)
  const shortcuts = new Shortcuts(config.framed ? mount : null)
  const root = createRoot(mount)
  root.render(<Workbench session={session} shortcuts={shortcuts} plugins={loadedPlugin} expose={expose} />)
  void session.start()
  return () => {
    root.unmount()
    shortcuts.close()
    session.task?.close()
  }
}

let close: (() => void) | null = null
function reopen(): void {
  close?.()
  const mount = document.getElementById('workbench')
  close = mount ? openBench(mount) : null
}
reopen()
startLive()
// A page that changes what is previewed writes the payload anew and says so.
document.addEventListener('plumbline:payload', reopen)
