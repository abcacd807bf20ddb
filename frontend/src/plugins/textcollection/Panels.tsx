import { useEffect } from 'react'
import type { AttributeValue } from '../../workbench/store/annotations'
import type { DocumentStore } from '../../workbench/store/history'
import { t } from '../../workbench/store/i18n'
import { Field, fieldError, type Question } from '../../workbench/ui/Field'
import { useCell } from '../../workbench/ui/hooks'
import type { ViewProps } from '../../workbench/ui/plugin'
import { Tools } from '../../workbench/ui/Tools'
import { ContentPanel } from '../ContentPanel'
import type { FormDocument, FormView } from './form'

type Props = ViewProps<FormView, FormDocument>

const idOf = (key: string): string => `field-${key}`

function answer(store: DocumentStore<FormDocument>, key: string, value: AttributeValue | undefined): void {
  const typed = typeof value === 'string' || typeof value === 'number'
  const { [key]: _before, ...others } = store.get().values
  const values = value === undefined ? others : { ...others, [key]: value }
  store.run('Answer', (draft) => void (draft.values = values as never), typed ? `answer:${key}` : null)
}

const single = (field: Question): boolean => field.type === 'category' && !field.allow_multiple

/** Number keys answer the choice that has the focus, or the first one without an answer. */
function answerByKey(store: DocumentStore<FormDocument>, view: FormView, name: string): boolean {
  const focused = view.fields.find(({ key }) => document.getElementById(idOf(key))?.closest('.field')?.matches(':focus-within'))
  const { values } = store.get()
  const field = focused ?? view.fields.find((one) => single(one) && values[one.key] === undefined)
  const choice = field && single(field) ? field.choices[(Number(name) + 9) % 10] : undefined
  if (!field || !choice) return false
  answer(store, field.key, choice.name)
  return true
}

function Form({ view, store, bench }: Props) {
  const { values } = useCell(store)
  const target = useCell(bench.target)
  useEffect(() => {
    if (!target) return
    document.getElementById(idOf(String(target.path[1])))?.focus()
    bench.target.set(null)
  }, [target, bench])
  return (
    <aside className="bench-side" aria-label={t('Answer')}>
      <form className="bench-form" tabIndex={-1} data-keys="stage" data-panel="form" onSubmit={(event) => event.preventDefault()}>
        {view.fields.map((field) => (
          <Field
            key={field.key}
            id={idOf(field.key)}
            question={field}
            value={values[field.key]}
            error={fieldError(bench.findings.find(({ path }) => path[1] === field.key))}
            disabled={!bench.editable}
            change={(value) => answer(store, field.key, value)}
            long={field.type === 'text' && (field.max_length === null || field.max_length > 80)}
          />
        ))}
        {view.fields.length === 0 && <p className="note">{t('This project asks nothing.')}</p>}
      </form>
    </aside>
  )
}

export function View(props: Props) {
  const { view, store, bench } = props
  useEffect(() => {
    const { shortcuts } = bench
    const closers = [
      shortcuts.on('undo', () => void store.undo()),
      shortcuts.on('redo', () => void store.redo()),
      shortcuts.on('choice', (name) => bench.editable && answerByKey(store, view, name)),
    ]
    return () => closers.forEach((close) => close())
  }, [view, store, bench])
  return (
    <>
      {bench.layout === 'bench' && (
        <Tools
          tools={[]}
          current={null}
          pick={() => undefined}
          store={store}
          shortcuts={bench.shortcuts}
          editable={bench.editable}
        />
      )}
      <ContentPanel content={view.content} bench={bench} />
      {bench.layout === 'bench' && <Form {...props} />}
    </>
  )
}
