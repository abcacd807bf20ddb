import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { clockTime, t, tn } from '../store/i18n'
import type { Conflict } from '../store/drafts'
import type { Binding } from '../store/keys'
import type { OpenTask } from '../session/openTask'
import type { WorkSession } from '../session/workSession'
import { FieldError } from './Field'
import { Modal } from './Modal'
import type { Shortcuts } from './shortcuts'

interface ReasonsProps {
  readonly title: string
  readonly note: string
  readonly action: string
  readonly reasons: readonly { readonly code: string; readonly name: string }[]
  readonly commentNeeded: boolean
  readonly send: (body: { reason: string; comment: string }) => Promise<string | null>
  readonly close: () => void
}

/** A deed that needs a reason: pick one, say more, send. */
function Reasons({ title, note, action, reasons, commentNeeded, send, close }: ReasonsProps) {
  const id = useId()
  const [reason, setReason] = useState('')
  const [comment, setComment] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const go = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy) return
    if (!reason) return setFault(t('Choose a reason.'))
    if (commentNeeded && !comment.trim()) return setFault(t('Say in a sentence what is wrong.'))
    setBusy(true)
    const refused = await send({ reason, comment: comment.trim() })
    setBusy(false)
    if (refused === null) close()
    else setFault(refused || t('There is no connection. Try again when it is back.'))
  }
  const foot = (
    <>
      <button className="button" type="button" onClick={close}>
        {t('Cancel')}
      </button>
      <span className="push" />
      <button className="button" data-kind="primary" type="submit" form={id} aria-disabled={busy || undefined}>
        {action}
      </button>
    </>
  )
  return (
    <Modal title={title} note={note} close={close} foot={foot}>
      <form className="stack" id={id} onSubmit={(event) => void go(event)}>
        <fieldset className="field">
          <legend>{t('Reason')}</legend>
          <div className="choices">
            {reasons.map(({ code, name }) => (
              <label key={code}>
                <input className="tick" type="radio" name={id} checked={reason === code} onChange={() => setReason(code)} />
                <span>{name}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <div className="field">
          <label htmlFor={`${id}-comment`}>
            {t('What is it')} {!commentNeeded && <span className="optional">{t('optional')}</span>}
          </label>
          <textarea
            className="area"
            id={`${id}-comment`}
            rows={3}
            dir="auto"
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
          {fault && <FieldError id={`${id}-fault`} text={fault} />}
        </div>
      </form>
    </Modal>
  )
}

export function SkipDialog({ session, skipsLeft, close }: { session: WorkSession; skipsLeft: number | null; close: () => void }) {
  const note = skipsLeft === null ? '' : tn('{count} skip left today. The draft is kept.', '{count} skips left today. The draft is kept.', skipsLeft)
  return (
    <Reasons
      title={t('Skip this task')}
      note={note}
      action={t('Skip and next')}
      reasons={[
        { code: 'unclear', name: t('The instructions do not say what to do') },
        { code: 'too_hard', name: t('It is too hard for me') },
        { code: 'not_my_field', name: t('I do not know this field') },
        { code: 'other', name: t('Something else') },
      ]}
      commentNeeded={false}
      send={(body) => session.giveBack('skip', body)}
      close={close}
    />
  )
}

export function ReportDialog({ session, close }: { session: WorkSession; close: () => void }) {
  return (
    <Reasons
      title={t('Report a problem')}
      note={t('A person looks at it. It never counts as a skip.')}
      action={t('Report and next')}
      reasons={[
        { code: 'broken', name: t('It does not load or is broken') },
        { code: 'unreadable', name: t('It cannot be made out') },
        { code: 'wrong_task', name: t('It does not belong to this project') },
        { code: 'personal_data', name: t('It shows personal data that should not be here') },
        { code: 'illegal', name: t('It is illegal or harmful') },
      ]}
      commentNeeded
      send={(body) => session.giveBack('report', body)}
      close={close}
    />
  )
}

export function LeaveDialog({ session, close }: { session: WorkSession; close: () => void }) {
  const [fault, setFault] = useState<string | null>(null)
  const release = async (): Promise<void> => {
    const refused = await session.giveBack('release', {})
    setFault(refused === '' ? t('There is no connection. Try again when it is back.') : refused)
  }
  const foot = (
    <>
      <button className="button" type="button" onClick={close}>
        {t('Stay')}
      </button>
      <span className="push" />
      <button className="button" type="button" onClick={() => void release()}>
        {t('Give the task back')}
      </button>
      <button className="button" data-kind="primary" type="button" onClick={() => session.goHome()}>
        {t('Leave and keep the task')}
      </button>
    </>
  )
  return (
    <Modal title={t('Leave the workbench')} close={close} foot={foot}>
      <p>{t('Your draft is kept either way. Keeping the task lets its time run; given back, somebody else may get it.')}</p>
      {fault && (
        <div className="field">
          <FieldError id="leave-fault" text={fault} />
        </div>
      )}
    </Modal>
  )
}

export function SignInDialog({ session }: { session: WorkSession }) {
  const id = useId()
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const go = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    try {
      const wrong = await session.api.signIn(String(form.get('login')), String(form.get('password')))
      setFault(wrong === null ? null : wrong || t('That did not work. Check both and try again.'))
    } catch {
      setFault(t('There is no connection. Try again when it is back.'))
    } finally {
      setBusy(false)
    }
  }
  const foot = (
    <>
      <span className="push" />
      <button className="button" data-kind="primary" data-size="large" type="submit" form={id} aria-disabled={busy || undefined}>
        {t('Sign in')}
      </button>
    </>
  )
  return (
    <Modal title={t('Sign in again to go on')} note={t('Your work is saved.')} foot={foot}>
      <form className="stack" id={id} onSubmit={(event) => void go(event)}>
        <div className="field">
          <label htmlFor={`${id}-login`}>{t('Email')}</label>
          <input className="input" id={`${id}-login`} name="login" type="email" autoComplete="username" required />
        </div>
        <div className="field">
          <label htmlFor={`${id}-password`}>{t('Password')}</label>
          <input
            className="input"
            id={`${id}-password`}
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
          {fault !== null && <FieldError id={`${id}-fault`} text={fault} />}
        </div>
      </form>
    </Modal>
  )
}

interface ConflictProps {
  readonly task: OpenTask
  readonly conflict: Conflict
}

function Side({ title, lines }: { title: string; lines: readonly string[] }): ReactNode {
  return (
    <section className="sheet">
      <h3>{title}</h3>
      <p className="note">{tn('{count} entry', '{count} entries', lines.length)}</p>
      <ul className="stack" data-gap="small">
        {lines.slice(0, 12).map((line) => (
          <li key={line} dir="auto">
            {line}
          </li>
        ))}
        {lines.length > 12 && <li className="faint">{t('and {count} more', { count: lines.length - 12 })}</li>}
      </ul>
    </section>
  )
}

/** The draft was changed in another window or on another computer: both are shown, one is taken. */
export function ConflictDialog({ task, conflict }: ConflictProps) {
  const { kind, view, store, keeper } = task
  const theirs = kind.fromResponse(conflict.theirs.document, view)
  const mine = kind.fromResponse(conflict.mine, view)
  const lines = (document: object): string[] =>
    kind.summarise(document, view).map(({ title, detail }) => (detail ? `${title}: ${detail}` : title))
  const takeTheirs = (): void => {
    keeper?.takeTheirs()
    keeper?.withoutSaving(() => store.replace('Take the other draft', theirs))
  }
  const foot = (
    <>
      <button className="button" type="button" onClick={takeTheirs}>
        {t('Take the other')}
      </button>
      <span className="push" />
      <button className="button" data-kind="primary" type="button" onClick={() => keeper?.keepMine()}>
        {t('Keep what is here')}
      </button>
    </>
  )
  const saved = clockTime(conflict.theirs.saved_at)
  return (
    <Modal
      title={t('Two drafts of this task')}
      note={t('It was also changed elsewhere, saved at {time}. Compare them before you go on.', { time: saved })}
      size="large"
      foot={foot}
    >
      <div className="pair">
        <Side title={t('Here')} lines={lines(mine)} />
        <Side title={t('Elsewhere')} lines={lines(theirs)} />
      </div>
    </Modal>
  )
}

const GROUPS = [
  ['tools', 'Tools'],
  ['objects', 'Objects'],
  ['picture', 'View'],
  ['task', 'Task'],
  ['review', 'Review'],
] as const

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Enter: '↵',
}

const keyText = (key: string): string =>
  key
    .split('+')
    .map((part) => SIGNS[part] ?? part)
    .join(' ')
    .trim() || '+'

interface KeySheetProps {
  readonly shortcuts: Shortcuts
  /** Other words for some keys, by the id of their binding; null hides one. */
  readonly titles: Readonly<Record<string, string | null>>
  readonly close: () => void
}

/** Keys for texts are shown where a kind of work says what they do. */
const titleIn = (titles: KeySheetProps['titles'], { id, title }: Binding): string | null => {
  const own = titles[id]
  return own === undefined ? (id.startsWith('text.') ? null : title) : own
}

export function KeySheet({ shortcuts, titles, close }: KeySheetProps) {
  const foot = (
    <>
      <span className="push" />
      <button className="button" type="button" onClick={close}>
        {t('Close')}
      </button>
    </>
  )
  const shown = shortcuts.bindings.filter((binding) => titleIn(titles, binding) !== null)
  const groups = GROUPS.map(([group, title]) => {
    return { group, title, bindings: shown.filter((binding) => binding.group === group) }
  }).filter(({ bindings }) => bindings.length > 0)
  return (
    <Modal title={t('Keys')} size="large" close={close} foot={foot}>
      <div className="key-sheet">
        {groups.map(({ group, title, bindings }) => (
          <section key={group}>
            <h3>{t(title)}</h3>
            <dl>
              {bindings.map((binding) => (
                <div key={binding.id}>
                  <dt>{t(titleIn(titles, binding) ?? '')}</dt>
                  <dd>
                    {binding.keys.slice(0, binding.id === 'resize' ? 4 : 10).map((key) => (
                      <kbd key={key}>{keyText(key)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
