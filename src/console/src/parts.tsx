import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Kind, Refusal } from './api'
import { at, bytes, duration } from './format'

/** A refusal that stands where its cause is. */
export function Refused({ of }: { of?: Refusal }) {
  return of ? (
    <p class="refused" role="alert">
      <strong>{of.message}</strong> {of.hint}
    </p>
  ) : null
}

/** Something that a person has to see to: this alone is red. */
export const Problem = ({ of }: { of: string }) => (
  <p class="problem">
    <span aria-hidden="true">▲</span> {of.charAt(0).toUpperCase() + of.slice(1)}
  </p>
)

export const Waiting = ({ refusal }: { refusal?: Refusal }) =>
  refusal ? <Refused of={refusal} /> : <p class="waiting">One moment …</p>

export const Time = ({ of, children }: { of: string; children?: ComponentChildren }) => (
  <time dateTime={of} title={at(of)}>
    {children ?? at(of)}
  </time>
)

export const KindMark = ({ kind }: { kind: Kind }) => <span class={`kind ${kind}`}>{kind}</span>

/** A state in a word, and a shape, for colours alone say nothing to some. */
export function State({ of }: { of: string }) {
  const shape = { done: '✓', failed: '✕', canceled: '–', running: '●', ending: '●', unfinished: '…', paused: '‖' }[of] ?? ''
  return (
    <span class={`state ${of}`}>
      <span aria-hidden="true">{shape}</span> {of}
    </span>
  )
}

export const Facts = ({ of }: { of: [string, ComponentChildren][] }) => (
  <dl class="facts">
    {of.map(([name, value]) =>
      value === undefined || value === null || value === false ? null : (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ),
    )}
  </dl>
)

/** How far something is; of what nobody knows the end, only how much is done. */
export function HowFarBar({ label, done, whole, since }: { label: string; done: number; whole: number; since?: string }) {
  const share = whole > 0 ? Math.min(1, done / whole) : undefined
  const seconds = since ? (Date.now() - Date.parse(since)) / 1000 : 0
  const left = share && share > 0.02 && seconds > 2 ? (seconds * (1 - share)) / share : undefined
  return (
    <div class="how-far">
      <progress aria-label={label} max={1} value={share} />
      <span>
        {share === undefined ? bytes(done) : `${Math.floor(share * 100)} %, ${bytes(done)} of ${bytes(whole)}`}
        {left !== undefined && left > 1 && share! < 1 ? `, ${duration(left)} left` : ''}
      </span>
    </div>
  )
}

/** A question that has to be answered before anything else. */
export function Dialog({
  title,
  danger,
  onClose,
  children,
}: {
  title: string
  danger?: boolean
  onClose: () => void
  children: ComponentChildren
}) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => ref.current!.showModal(), [])
  return (
    <dialog ref={ref} class={danger ? 'danger' : ''} aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  )
}

/** A table that scrolls by itself where the window is narrow. */
export const Scrolling = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <div class="scrolling" role="region" aria-label={label} tabIndex={0}>
    {children}
  </div>
)

type Column = string | { number: string } | { hidden: string }

/** The names of a table's columns: of text, of numbers, and of what needs no name for those who see it. */
export const Head = ({ of }: { of: Column[] }) => (
  <thead>
    <tr>
      {of.map((column) =>
        typeof column === 'string' ? (
          <th scope="col">{column}</th>
        ) : 'number' in column ? (
          <th scope="col" class="number">
            {column.number}
          </th>
        ) : (
          <th scope="col">
            <span class="hidden">{column.hidden}</span>
          </th>
        ),
      )}
    </tr>
  </thead>
)

export const Search = ({ text, onInput }: { text: string; onInput: (text: string) => void }) => (
  <label class="search">
    <span class="hidden">Search tables</span>
    <input
      type="search"
      placeholder="Search tables"
      maxLength={200}
      value={text}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.preventDefault() // it may stand in a form that does more
        }
      }}
    />
  </label>
)
