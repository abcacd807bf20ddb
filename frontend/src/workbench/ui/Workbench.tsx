import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { Cell } from '../store/cell'
import type { Conflict } from '../store/drafts'
import type { Finding } from '../store/findings'
import { t } from '../store/i18n'
import type { Media } from '../store/payload'
import type { OpenTask, VerdictChoice } from '../session/openTask'
import type { WorkSession } from '../session/workSession'
import { Banner } from './Banner'
import { Brief } from './Brief'
import { ConflictDialog, KeySheet, LeaveDialog, ReportDialog, SignInDialog, SkipDialog } from './Dialogs'
import { Foot } from './Foot'
import { useCell } from './hooks'
import { JudgePanel, missingIn } from './JudgePanel'
import type { AnyPlugin, Bench } from './plugin'
import { EmptyScreen, GoneScreen, LoadingScreen } from './Screens'
import type { Shortcuts } from './shortcuts'
import { Toast } from './Toast'
import { TopBar } from './TopBar'

type Open = 'skip' | 'report' | 'leave' | 'keys' | null

const NO_CONFLICT = new Cell<Conflict | null>(null)
const WIDE = 1341

interface WorkbenchProps {
  readonly session: WorkSession
  readonly shortcuts: Shortcuts
  readonly plugins: (type: string) => AnyPlugin
  readonly expose: (name: string, thing: unknown) => void
}

/** Focuses the next panel, around the page; F6 does it. */
function nextPanel(): void {
  const panels = [...document.querySelectorAll<HTMLElement>('[data-panel]')].filter((panel) => panel.offsetParent !== null)
  const at = panels.findIndex((panel) => panel.contains(document.activeElement))
  const next = panels[(at + 1) % panels.length]
  const inside = next?.matches('[tabindex]') ? next : next?.querySelector<HTMLElement>('button, input, select, textarea, a, [tabindex]')
  inside?.focus()
}

interface TaskProps extends WorkbenchProps {
  readonly task: OpenTask
  readonly announce: (text: string) => void
}

/** Everything that has its keys here, whatever kind of work is open. */
function usePageKeys(shortcuts: Shortcuts, deeds: Readonly<Record<string, () => boolean | void>>): void {
  useEffect(() => {
    const closers = Object.entries(deeds).map(([id, deed]) => shortcuts.onLast(id, deed))
    return () => closers.forEach((close) => close())
  }, [shortcuts, deeds])
}

function TaskScreen({ session, shortcuts, plugins, expose, task, announce }: TaskProps) {
  const [open, setOpen] = useState<Open>(null)
  const [brief, setBrief] = useState<'auto' | 'open' | 'closed'>('auto')
  const target = useMemo(() => new Cell<Finding | null>(null), [])
  const verdict = useCell(task.verdict)
  const document = useCell(task.store)
  const { tried, skipsLeft, serverFindings } = useCell(task.state)
  const conflict = useCell(task.keeper?.conflict ?? NO_CONFLICT)
  const { View } = plugins(task.payload.type)
  const layout = task.judging && verdict.choice !== 'fixed' ? 'judge' : 'bench'
  // oxlint-disable-next-line react/exhaustive-deps
  const findings = useMemo(() => (task.editable ? task.findings() : []), [task, document, serverFindings, verdict.choice])

  const goTo = useCallback(
    (finding: Finding) => {
      task.state.patch({ tried: true })
      target.set(finding)
    },
    [task, target],
  )
  const submit = useCallback(
    async (stop: boolean): Promise<void> => {
      if (task.judging && missingIn(task) !== null) return
      const found = await session.submit({ stop })
      if (found[0]) goTo(found[0])
    },
    [session, task, goTo],
  )
  const leave = useCallback((): void => {
    if (task.amends) session.stopCorrecting()
    else if (task.payload.mode === 'work' || task.payload.mode === 'review') setOpen('leave')
    else session.goHome()
  }, [session, task])

  const judge = useCallback(
    (choice: VerdictChoice) => (): boolean => {
      if (!task.judging) return false
      task.verdict.patch({ choice })
      return true
    },
    [task],
  )
  const deeds = useMemo(
    () => ({
      instructions: () =>
        setBrief((now) => (now === 'open' || (now === 'auto' && innerWidth >= WIDE) ? 'closed' : 'open')),
      keys: () => setOpen('keys'),
      panel: nextPanel,
      cancel: () => {
        const { activeElement } = globalThis.document
        if (activeElement?.matches('input, select, textarea')) (activeElement as HTMLElement).blur()
        else if (session.config.framed) return false
        else leave()
        return true
      },
      submit: () => void submit(false),
      'submit.stop': () => void submit(true),
      accept: judge('accepted'),
      fix: judge('fixed'),
      reject: judge('rejected'),
      flick: () => {
        if (!task.subject) return false
        task.verdict.patch({ flicked: !task.verdict.get().flicked })
        return true
      },
    }),
    [task, session, submit, leave, judge],
  )
  usePageKeys(shortcuts, deeds)
  useEffect(() => {
    expose('store', task.store)
    expose('task', task)
    if (session.config.framed) return // the page decides where its reader begins
    globalThis.document.querySelector<HTMLElement>('.stage-host, .text-host, .bench-form')?.focus({ preventScroll: true })
  }, [task, session, expose])

  const bench: Bench = useMemo(
    () => ({
      layout,
      editable: task.editable,
      judging: task.judging,
      verdict: task.verdict,
      shortcuts,
      media: task.payload.media,
      reason: task.judging ? null : (task.payload.subject?.reason ?? null),
      findings: tried ? findings : [],
      target,
      announce,
      renew: async (): Promise<readonly Media[] | null> => (await session.renew())?.media ?? null,
      expose,
    }),
    // `editable` follows from the layout and the task
    [layout, task, shortcuts, tried, findings, target, announce, session, expose],
  )
  const { payload } = task
  const { framed } = session.config
  return (
    <div className="bench" data-framed={framed || undefined} data-layout={layout} data-brief={brief} data-kind={payload.type} data-phone={task.kind.phone}>
      {!framed && (
        <>
          <h1 className="unseen">
            {payload.codename}, {t('task {id}', { id: payload.short_id })}
          </h1>
          <TopBar
            task={task}
            announce={announce}
            extend={() => session.extend()}
            showKeys={() => setOpen('keys')}
            leave={leave}
          />
        </>
      )}
      {!framed && (layout === 'bench' || brief === 'open') && <Brief task={task} />}
      <View view={task.view} store={task.store} subject={task.subject} bench={bench} />
      {layout === 'judge' && (
        <JudgePanel task={task} submit={() => void submit(false)} report={() => setOpen('report')} />
      )}
      {layout === 'bench' && (!framed || payload.mode !== 'read_only') && (
        <Foot
          task={task}
          findings={findings}
          goTo={goTo}
          submit={() => void submit(false)}
          skip={() => skipsLeft !== 0 && setOpen('skip')}
          report={() => setOpen('report')}
        />
      )}
      <Banner task={task} session={session} />
      {!task.kind.phone && !framed && <p className="bench-narrow">{t('This task needs a wider window. Open it on a computer; your draft is kept.')}</p>}
      {open === 'skip' && <SkipDialog session={session} skipsLeft={skipsLeft} close={() => setOpen(null)} />}
      {open === 'report' && <ReportDialog session={session} close={() => setOpen(null)} />}
      {open === 'leave' && <LeaveDialog session={session} close={() => setOpen(null)} />}
      {open === 'keys' && <KeySheet shortcuts={shortcuts} titles={task.kind.keys ?? {}} close={() => setOpen(null)} />}
      {conflict && <ConflictDialog task={task} conflict={conflict} />}
    </div>
  )
}

/** The page has one main part: this, unless it stands inside another. */
function Surround({ framed, children }: { framed: boolean; children: ReactNode }) {
  return framed ? children : <main id="content">{children}</main>
}

export function Workbench(props: WorkbenchProps) {
  const { session } = props
  const screen = useCell(session.screen)
  const signedOut = useCell(session.api.signedOut)
  const [spoken, setSpoken] = useState('')
  const announce = useCallback((text: string) => setSpoken(text), [])
  return (
    <>
      {screen.at === 'loading' && <LoadingScreen />}
      {screen.at === 'empty' && <EmptyScreen session={session} reason={screen.reason} />}
      {screen.at === 'gone' && <GoneScreen session={session} message={screen.message} />}
      {screen.at === 'task' && (
        <Surround framed={session.config.framed}>
          <TaskScreen key={`${screen.task.payload.id}${screen.task.amends ? '-amend' : ''}`} {...props} task={screen.task} announce={announce} />
        </Surround>
      )}
      {signedOut && <SignInDialog session={session} />}
      <Toast session={session} />
      <p className="unseen" role="status" data-part="announcer">
        {spoken}
      </p>
    </>
  )
}
