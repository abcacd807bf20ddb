import { number, t, tn } from '../store/i18n'
import type { Difference } from '../session/taskKind'
import type { OpenTask } from '../session/openTask'
import { useCell } from './hooks'

function counts(differences: readonly Difference[]): string {
  const same = differences.filter((one) => one.same).length
  const missing = differences.filter((one) => one.before === null).length
  const extra = differences.filter((one) => one.after === null).length
  const changed = differences.length - same - missing - extra
  return [
    tn('{count} same', '{count} same', same),
    ...(changed > 0 ? [tn('{count} changed', '{count} changed', changed)] : []),
    ...(missing > 0 ? [tn('{count} added', '{count} added', missing)] : []),
    ...(extra > 0 ? [tn('{count} removed', '{count} removed', extra)] : []),
  ].join(', ')
}

function Line({ difference }: { difference: Difference }) {
  const { title, before, after, overlap } = difference
  return (
    <tr data-picked="">
      <td>
        <b>{title}</b>
      </td>
      <td>{before === null ? <span className="faint">{t('not there')}</span> : <del className="removed">{before}</del>}</td>
      <td>{after === null ? <span className="faint">{t('removed')}</span> : <ins className="added">{after}</ins>}</td>
      <td className="number">{overlap === null ? '' : number(overlap, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}</td>
    </tr>
  )
}

/** The reviewer's answer beside the attempt: what differs, and how much does not. */
export function Differences({ task, compact = false }: { task: OpenTask; compact?: boolean }) {
  const mine = useCell(task.store)
  if (!task.subject) return null
  const differences = task.kind.diff(task.subject, mine, task.view)
  const others = differences.filter(({ same }) => !same)
  return (
    <>
      <div className="section-head">
        <h2>{t('Difference')}</h2>
        <span className="note" data-part="counts">
          {counts(differences)}
        </span>
      </div>
      {others.length > 0 && (
        <div className="frame" tabIndex={0} role="group" aria-label={t('Difference')}>
          <table className="table" data-compact={compact || undefined}>
            <thead>
              <tr>
                <th scope="col">{t('Object')}</th>
                <th scope="col">{t('Attempt')}</th>
                <th scope="col">{t('Yours')}</th>
                <th scope="col" className="number">
                  {t('Overlap')}
                </th>
              </tr>
            </thead>
            <tbody>
              {others.map((difference) => (
                <Line key={difference.key} difference={difference} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
