import { useMemo, useState } from 'preact/hooks'
import type { History, Kind } from './api'
import { at, bytes, date, things } from './format'
import { useWidth } from './hooks'

const DAY = 86_400
const MARK = 4 // pixels; marks that are nearer are one
const HEIGHT = 128
const LANES = { full: 10, incremental: 42, trouble: 74 }
const LANE_HEIGHT = 24

export interface Range {
  from: number
  to: number
}

export const RANGES: [string, number][] = [
  ['7 days', 7],
  ['30 days', 30],
  ['90 days', 90],
  ['1 year', 365],
  ['All', 0],
]

/** A range of so many days up to now; of all there is where that is 0. */
export function rangeOf(history: History, days: number): Range {
  const now = Date.now() / 1000
  const times = history.backups.time
  const first = Math.min(times[0] ?? now - DAY, ...history.deleted.map((deleted) => Date.parse(deleted.time) / 1000))
  return { from: days === 0 ? first - DAY / 4 : now - days * DAY, to: now }
}

/** The indexes of a history's backups that lie in a range: from the first up to, but without, the second. */
export function within(history: History, range: Range): [number, number] {
  return [lowest(history.backups.time, range.from), lowest(history.backups.time, range.to + 1)]
}

function lowest(times: number[], bound: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < bound) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return low
}

export const wordsOf = (history: History, i: number) =>
  `${at(history.backups.time[i]!)}, ${history.backups.kind[i]}, ${bytes(history.backups.storedBytes[i]!)}`

export function RangeChoice({ days, onChange }: { days: number; onChange: (days: number) => void }) {
  return (
    <fieldset class="choice">
      <legend class="hidden">Shown</legend>
      {RANGES.map(([name, value]) => (
        <label key={value}>
          <input type="radio" name="range" checked={days === value} onChange={() => onChange(value)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** Backups along time. One of them can be picked by the mouse, and by the arrow keys. */
export function Timeline({
  history,
  range,
  picked,
  onPick,
}: {
  history: History
  range: Range
  picked: number
  onPick: (index: number) => void
}) {
  const { ref, width } = useWidth<HTMLDivElement>()
  const [pointed, setPointed] = useState<number>()
  const x = (time: number) => ((time - range.from) / (range.to - range.from)) * width
  const [first, end] = within(history, range)
  const marks = useMemo(() => (width > 0 ? marksOf(history, range, x, first, end) : []), [history, range, width])
  const nearest = (event: MouseEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    const time = range.from + ((event.clientX - box.left) / box.width) * (range.to - range.from)
    const above = lowest(history.backups.time, time)
    const near = [above - 1, above].filter((i) => i >= first && i < end)
    const distance = (i: number) => Math.abs(history.backups.time[i]! - time)
    return near.sort((a, b) => distance(a) - distance(b))[0]
  }
  const failed = history.failed.filter((job) => Date.parse(job.at) / 1000 >= range.from).length
  const missed = history.missed.filter((time) => time >= range.from).length
  const shown = pointed !== undefined && pointed >= first && pointed < end ? pointed : picked
  const line = (i: number, name: string) =>
    i >= first && i < end ? <line class={name} x1={x(history.backups.time[i]!)} x2={x(history.backups.time[i]!)} y1={0} y2={HEIGHT - 24} /> : null
  return (
    <div class="timeline">
      <div ref={ref}>
        <svg
          role="img"
          aria-label={`${things(end - first, 'backup')}, ${failed} failed, ${missed} missed, from ${date(range.from)} to ${date(range.to)}`}
          width={width}
          height={HEIGHT}
          onMouseMove={(event) => setPointed(nearest(event))}
          onMouseLeave={() => setPointed(undefined)}
          onClick={(event) => {
            const index = nearest(event)
            if (index !== undefined) {
              onPick(index)
            }
          }}
        >
          {Object.values(LANES).map((y) => (
            <rect key={y} class="lane" x={0} y={y} width={width} height={LANE_HEIGHT} />
          ))}
          {marks}
          {ticks(range, x, width)}
          {line(shown, 'pointed')}
          {line(picked, 'picked')}
        </svg>
      </div>
      {end > first ? (
        <input
          type="range"
          aria-label="Backup"
          min={first}
          max={end - 1}
          value={Math.max(first, Math.min(end - 1, picked))}
          aria-valuetext={shown >= first && shown < end ? wordsOf(history, shown) : 'none'}
          onInput={(event) => onPick(Number(event.currentTarget.value))}
        />
      ) : null}
      <p class="legend">
        <span class="key full">full</span>
        <span class="key incremental">incremental</span>
        <span class="key gone">pruned</span>
        <span class="key failed">failed{failed > 0 ? ` (${failed})` : ''}</span>
        <span class="key missed">missed{missed > 0 ? ` (${missed})` : ''}</span>
      </p>
    </div>
  )
}

function marksOf(history: History, range: Range, x: (time: number) => number, first: number, end: number) {
  const marks = new Map<string, preact.JSX.Element>()
  const put = (name: string, time: number, lane: number, height = LANE_HEIGHT) => {
    if (time < range.from || time > range.to) {
      return
    }
    const left = Math.floor(x(time) / MARK) * MARK
    const key = `${name} ${left}`
    if (!marks.has(key)) {
      marks.set(key, <rect key={key} class={name} x={left} y={lane + (LANE_HEIGHT - height)} width={MARK - 1} height={height} />)
    }
  }
  for (const deleted of history.deleted) {
    put('gone', Date.parse(deleted.time) / 1000, LANES[deleted.kind as Kind] ?? LANES.incremental)
  }
  for (let i = first; i < end; i++) {
    put(history.backups.kind[i]!, history.backups.time[i]!, LANES[history.backups.kind[i]!])
  }
  for (const time of history.missed) {
    put('missed', time, LANES.trouble)
  }
  for (const job of history.failed) {
    put('failed', Date.parse(job.at) / 1000, LANES.trouble)
  }
  return [...marks.values()]
}

function ticks(range: Range, x: (time: number) => number, width: number) {
  const days = (range.to - range.from) / DAY
  const most = Math.max(2, Math.floor(width / 110))
  const steps = [1 / 24, 1 / 4, 1, 2, 7, 14, 30, 91, 182, 365]
  const step = (steps.find((each) => days / each <= most) ?? 730) * DAY
  const zone = new Date(range.from * 1000).getTimezoneOffset() * 60
  const labels = []
  for (let time = Math.ceil((range.from - zone) / step) * step + zone; time < range.to; time += step) {
    const left = x(time)
    if (left > 4 && left < width - 80) {
      labels.push(
        <g key={time} class="tick">
          <line x1={left} x2={left} y1={4} y2={HEIGHT - 20} />
          <text x={left} y={HEIGHT - 6}>
            {step < DAY ? at(time) : date(time)}
          </text>
        </g>,
      )
    }
  }
  return labels
}
