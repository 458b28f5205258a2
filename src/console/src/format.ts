// Numbers, sizes and times as people read them.

const number = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

export const count = (value: number) => number.format(value)
export const compact = (value: number) => short.format(value)

export const things = (value: number, one: string, more = `${one}s`) => `${count(value)} ${value === 1 ? one : more}`

export function bytes(value: number): string {
  let size = value
  let unit = 0
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toPrecision(3)} ${units[unit]}`
}

export function duration(seconds: number): string {
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`
  }
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  }
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) {
    return `${minutes} min`
  }
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : things(Math.round(hours / 24), 'day')
}

export const age = (time: string, now = Date.now()) => {
  const seconds = (now - Date.parse(time)) / 1000
  return seconds < 60 ? 'just now' : `${duration(seconds)} ago`
}

export const until = (time: string, now = Date.now()) => {
  const seconds = (Date.parse(time) - now) / 1000
  return seconds < 60 ? 'now' : `in ${duration(seconds)}`
}

export const at = (time: string | number) => moment.format(typeof time === 'number' ? time * 1000 : new Date(time))
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

/** Times along an axis: with the hour where they are less than a day apart. */
export const axis = (times: number[]) => {
  const near = times.length > 1 && times[1]! - times[0]! < 86_400
  return times.map((time) => (near ? `${dayOfYear.format(time * 1000)} ${clock.format(time * 1000)}` : dayOfYear.format(time * 1000)))
}

export const date = (seconds: number) => day.format(seconds * 1000)

/** What a cron expression of the usual forms means; the expression itself where it has another. */
export function cron(expression: string): string {
  const fields = expression.trim().split(/\s+/)
  const [minute, hour, monthDay, month, weekDay] = fields
  const isNumber = (field?: string) => field !== undefined && /^\d+$/.test(field)
  if (fields.length !== 5 || !isNumber(minute) || month !== '*') {
    return expression
  }
  const two = (field: string) => field.padStart(2, '0')
  if (hour === '*' && monthDay === '*' && weekDay === '*') {
    return minute === '0' ? 'each hour' : `each hour at :${two(minute!)}`
  }
  if (!isNumber(hour)) {
    return expression
  }
  const time = `at ${two(hour!)}:${two(minute!)}`
  if (monthDay === '*') {
    return weekDay === '*' ? `each day ${time}` : `${weekDay} ${time}`
  }
  return weekDay === '*' && isNumber(monthDay) ? `day ${monthDay} of each month ${time}` : expression
}
