import { useEffect, useId } from 'react'
import { t } from '../../workbench/store/i18n'
import { FieldError } from '../../workbench/ui/Field'
import { useCell } from '../../workbench/ui/hooks'
import { keyOfChoice } from '../../workbench/ui/Picker'
import type { ViewProps } from '../../workbench/ui/plugin'
import { Tools } from '../../workbench/ui/Tools'
import { ContentPanel } from '../ContentPanel'
import { type CategoryDocument, type CategoryView, picking } from './categories'

type Props = ViewProps<CategoryView, CategoryDocument>

function Choices({ view, store, bench }: Props) {
  const document = useCell(store)
  const target = useCell(bench.target)
  const name = useId()
  const pick = (category: string): void => {
    const picked = picking(document, view, category)
    store.run('Choose', (draft) => void (draft.picked = [...picked]))
  }
  useEffect(() => {
    if (!target) return
    globalThis.document.querySelector<HTMLElement>('.bench-form input')?.focus()
    bench.target.set(null)
  }, [target, bench])
  const fault = bench.findings[0]
  return (
    <aside className="bench-side" aria-label={t('Answer')}>
      <form className="bench-form" tabIndex={-1} data-keys="stage" data-panel="form" onSubmit={(event) => event.preventDefault()}>
        <fieldset className="field" aria-describedby={fault ? `${name}-error` : undefined}>
          <legend>{view.allow_multiple ? t('Categories, one or more') : t('Category')}</legend>
          <div className="choices">
            {view.categories.map((category, place) => {
              const key = keyOfChoice(category, place)
              return (
                <label key={category.name}>
                  <input
                    className="tick"
                    type={view.allow_multiple ? 'checkbox' : 'radio'}
                    name={name}
                    checked={document.picked.includes(category.name)}
                    disabled={!bench.editable}
                    onChange={() => pick(category.name)}
                  />
                  <bdi>{category.display}</bdi>
                  {key !== null && <kbd>{key}</kbd>}
                </label>
              )
            })}
          </div>
          {fault && <FieldError id={`${name}-error`} text={fault.message} />}
        </fieldset>
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
      shortcuts.on('choice', (name) => {
        const category = view.categories.find((one, place) => keyOfChoice(one, place) === name)
        if (!category || !bench.editable) return false
        const picked = picking(store.get(), view, category.name)
        store.run('Choose', (draft) => void (draft.picked = [...picked]))
        return true
      }),
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
      {bench.layout === 'bench' && <Choices {...props} />}
    </>
  )
}
