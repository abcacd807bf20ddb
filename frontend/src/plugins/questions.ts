import { isRecord, listIn, textIn } from '../workbench/store/json'
import type { Choice, Question } from '../workbench/ui/Field'

export const numberOr = <T>(value: unknown, otherwise: T): number | T => (typeof value === 'number' ? value : otherwise)

function readChoices(value: unknown): readonly Choice[] {
  return listIn(value).map((one) => {
    if (!isRecord(one)) return { name: String(one), display: String(one) }
    const name = textIn(one['name'])
    return { name, display: textIn(one['display']) || name }
  })
}

export function readQuestion(fields: Readonly<Record<string, unknown>>): Question {
  const key = textIn(fields['key'])
  const type = textIn(fields['type'])
  return {
    key,
    type: type === 'number' || type === 'text' || type === 'boolean' ? type : 'category',
    title: textIn(fields['title']) || key,
    description: textIn(fields['description']),
    choices: readChoices(fields['choices']),
    allow_multiple: fields['allow_multiple'] === true,
    required: fields['required'] === true,
    min: numberOr(fields['min'], null),
    max: numberOr(fields['max'], null),
    max_length: numberOr(fields['max_length'], null),
  }
}
