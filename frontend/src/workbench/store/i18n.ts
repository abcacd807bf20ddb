import { isRecord } from './json'

type Params = Readonly<Record<string, string | number>>

let catalogue: Readonly<Record<string, string | readonly string[]>> = {}
let language = 'en'

/** Takes the translations of the page; English sentences are their keys, plurals are lists of forms. */
export function setLanguage(code: string, messages: unknown): void {
  language = code
  catalogue = isRecord(messages) ? (messages as typeof catalogue) : {}
}

const fill = (message: string, params: Params): string =>
  message.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name]
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value
  })

export function t(message: string, params: Params = {}): string {
  const found = catalogue[message]
  return fill(typeof found === 'string' && found ? found : message, params)
}

const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'] as const

/** The sentence for a count; {count} stands for it. A catalogue lists its forms in the order of CLDR. */
export function tn(one: string, many: string, count: number, params: Params = {}): string {
  const forms = catalogue[one]
  const all = { count, ...params }
  if (!Array.isArray(forms) || forms.length === 0) return fill(count === 1 ? one : many, all)
  const rules = new Intl.PluralRules(language)
  const used = FORMS.filter((form) => rules.resolvedOptions().pluralCategories.includes(form))
  const form: unknown = forms[used.indexOf(rules.select(count))] ?? forms.at(-1)
  return fill(typeof form === 'string' ? form : many, all)
}

export const number = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat(language, options).format(value)

/** At least the currency's digits, never rounded. */
export function money({ amount_micros: micros, currency }: { amount_micros: number; currency: string }): string {
  return new Intl.NumberFormat(language, { style: 'currency', currency, maximumFractionDigits: 6 }).format(micros / 1e6)
}

const time = (instant: string | number, options: Intl.DateTimeFormatOptions): string => {
  const date = new Date(instant)
  return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(language, options).format(date)
}

export const clockTime = (instant: string | number): string => time(instant, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

export const exactTime = (instant: string | number): string =>
  time(instant, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })

export const dayMonth = (instant: string | number): string => time(instant, { day: 'numeric', month: 'long' })
