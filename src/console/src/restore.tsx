import { useEffect, useMemo, useState } from 'preact/hooks'
import type { History, Job, Page, Table, Target } from './api'
import { get, part, post } from './api'
import { bytes, count, duration, things } from './format'
import { useAction, useAnswer, useSettled } from './hooks'
import { useJob } from './jobs'
import { jobAddress, sourceAddress } from './overview'
import { Dialog, Problem, Refused, Search, State, Waiting } from './parts'
import type { Plan } from './plan'
import { PlanTable, overwrites, planOf } from './plan'
import { RangeChoice, Timeline, rangeOf, wordsOf } from './timeline'

type Mode = 'create' | 'replace' | 'diff'

const MODES: [Mode, string, string][] = [
  ['create', 'Create', 'Makes tables; stops where one is there already.'],
  ['diff', 'Change what differs', 'Makes existing tables as they were, and touches only what differs.'],
  ['replace', 'Replace', 'Drops existing tables, and makes them anew.'],
]

/** A restore: of which moment, of what, to where; then what it would do; then it is begun. */
export function RestorePage({ source, wanted }: { source: string; wanted: string | null }) {
  const { value: history, refusal } = useAnswer<History>(`/sources/${part(source)}/history`)
  const { value: targets } = useAnswer<{ targets: Target[] }>('/targets')
  if (!history || !targets) {
    return <Waiting refusal={refusal} />
  }
  return (
    <>
      <p class="path">
        <a href={sourceAddress(source)}>{source}</a>
      </p>
      <h1>Restore {source}</h1>
      {history.backups.id.length === 0 ? (
        <p class="waiting">There is no backup yet.</p>
      ) : targets.targets.length === 0 ? (
        <p class="waiting">The configuration has no target to restore into.</p>
      ) : (
        <Form source={source} history={history} targets={targets.targets} wanted={wanted} />
      )}
    </>
  )
}

function Form({ source, history, targets, wanted }: { source: string; history: History; targets: Target[]; wanted: string | null }) {
  const ids = history.backups.id
  const [picked, setPicked] = useState(() => (wanted && ids.includes(wanted) ? ids.indexOf(wanted) : ids.length - 1))
  const [days, setDays] = useState(() => (Date.now() / 1000 - history.backups.time[picked]! < 30 * 86_400 ? 30 : 0))
  const range = useMemo(() => rangeOf(history, days), [history, days])
  const [tables, setTables] = useState<string[]>([])
  const [target, setTarget] = useState(targets[0]!.name)
  const [mode, setMode] = useState<Mode>('create')
  const [renames, setRenames] = useState<[string, string][]>([])
  const overwritable = targets.find((each) => each.name === target)?.overwrite ?? false
  const asked = {
    target,
    backup: ids[picked],
    mode: overwritable ? mode : 'create',
    ...(tables.length > 0 ? { include: tables } : {}),
    ...(renames.some(([from, to]) => from && to) ? { renames: Object.fromEntries(renames.filter(([from, to]) => from && to)) } : {}),
  }
  const words = JSON.stringify(asked)
  const [planned, setPlanned] = useState<{ job: string; words: string }>()
  const plan = useAction(async () => {
    const job = await post<Job>(`/sources/${part(source)}/restores`, { ...asked, dryRun: true })
    setPlanned({ job: job.id, words })
  })
  const isCurrent = planned?.words === words
  const { job: planning, refusal: lost } = useJob(source, planned?.job)
  const its = planning && planOf(planning)
  const [confirming, setConfirming] = useState(false)
  return (
    <form
      class="restore"
      onSubmit={(event) => {
        event.preventDefault()
        plan.run()
      }}
    >
      <fieldset>
        <legend>1. The moment</legend>
        <RangeChoice days={days} onChange={setDays} />
        <Timeline history={history} range={range} picked={picked} onPick={setPicked} />
        <p class="picked" aria-live="polite">
          <strong>{wordsOf(history, picked)}</strong>, {count(history.backups.rows[picked]!)} rows
        </p>
      </fieldset>
      <fieldset>
        <legend>2. What</legend>
        <TableChoice source={source} backup={ids[picked]!} chosen={tables} onChange={setTables} />
      </fieldset>
      <fieldset>
        <legend>3. Where</legend>
        <label>
          Target
          <select value={target} onChange={(event) => setTarget(event.currentTarget.value)}>
            {targets.map((each) => (
              <option key={each.name} value={each.name}>
                {each.name}
                {each.overwrite ? '' : ' (new tables only)'}
              </option>
            ))}
          </select>
        </label>
        <div class="modes" role="radiogroup" aria-label="Mode">
          {MODES.map(([value, name, help]) => (
            <label key={value} class={value === 'create' ? '' : 'overwrites'}>
              <input
                type="radio"
                name="mode"
                disabled={value !== 'create' && !overwritable}
                checked={asked.mode === value}
                onChange={() => setMode(value)}
              />
              <span>
                <strong>
                  {value === 'create' ? '' : '▲ '}
                  {name}
                </strong>{' '}
                {help}
              </span>
            </label>
          ))}
        </div>
        {overwritable ? null : (
          <p class="note">
            The others need <code>overwrite</code> of this target to be true in the configuration.
          </p>
        )}
        <Renames renames={renames} onChange={setRenames} />
      </fieldset>
      <div class="actions">
        <button class={isCurrent ? '' : 'primary'} disabled={plan.busy}>
          Plan
        </button>
      </div>
      <Refused of={plan.refusal ?? (isCurrent ? lost : undefined)} />
      {isCurrent && planning ? (
        its ? (
          <Planned source={source} plan={its} mode={asked.mode} onStart={() => setConfirming(true)} />
        ) : planning.failure ? (
          <Problem of={planning.failure.message || planning.failure.error} />
        ) : (
          <p class="waiting" aria-live="polite">
            Planning <State of={planning.state} />
          </p>
        )
      ) : null}
      {confirming && its ? <Confirm source={source} target={target} asked={asked} plan={its} onClose={() => setConfirming(false)} /> : null}
    </form>
  )
}

function TableChoice({ source, backup, chosen, onChange }: { source: string; backup: string; chosen: string[]; onChange: (tables: string[]) => void }) {
  const [some, setSome] = useState(chosen.length > 0)
  const [search, setSearch] = useState('')
  const settled = useSettled(search)
  const { value: found, refusal } = useAnswer<Page<Table>>(
    some ? `/sources/${part(source)}/backups/${part(backup)}/tables?limit=50&search=${encodeURIComponent(settled)}` : null,
  )
  const name = (table: Table) => `${table.schema}.${table.table}`
  return (
    <>
      <div class="choice">
        <label>
          <input type="radio" name="what" checked={!some} onChange={() => (setSome(false), onChange([]))} />
          <span>Everything</span>
        </label>
        <label>
          <input type="radio" name="what" checked={some} onChange={() => setSome(true)} />
          <span>Some tables</span>
        </label>
      </div>
      {some ? (
        <>
          {chosen.length > 0 ? (
            <ul class="chosen" aria-label="Chosen tables">
              {chosen.map((table) => (
                <li key={table}>
                  {table}{' '}
                  <button type="button" class="quiet" aria-label={`Leave ${table} out`} onClick={() => onChange(chosen.filter((each) => each !== table))}>
                    ✕
                  </button>
                </li>
              ))}
            </ul>
          ) : null}
          <Search text={search} onInput={setSearch} />
          <Refused of={refusal} />
          <ul class="found" aria-label="Tables">
            {found?.items.map((table) => (
              <li key={name(table)}>
                <label>
                  <input
                    type="checkbox"
                    checked={chosen.includes(name(table))}
                    onChange={(event) =>
                      onChange(event.currentTarget.checked ? [...chosen, name(table)] : chosen.filter((each) => each !== name(table)))
                    }
                  />{' '}
                  {name(table)} <span class="note">{count(table.rows)} rows, {bytes(table.rawBytes)}</span>
                </label>
              </li>
            ))}
          </ul>
          {found?.next ? <p class="note">There are more: search for some of the name.</p> : null}
        </>
      ) : null}
    </>
  )
}

function Renames({ renames, onChange }: { renames: [string, string][]; onChange: (renames: [string, string][]) => void }) {
  const set = (i: number, pair: [string, string]) => onChange(renames.map((each, j) => (i === j ? pair : each)))
  return (
    <div class="renames" role="group" aria-label="Renamed schemas">
      {renames.map(([from, to], i) => (
        <p key={i}>
          <label>
            Schema <input required value={from} onInput={(event) => set(i, [event.currentTarget.value, to])} />
          </label>{' '}
          <label>
            becomes <input required value={to} onInput={(event) => set(i, [from, event.currentTarget.value])} />
          </label>{' '}
          <button type="button" class="quiet" aria-label={`Do not rename ${from}`} onClick={() => onChange(renames.filter((_, j) => i !== j))}>
            ✕
          </button>
        </p>
      ))}
      <button type="button" class="quiet" onClick={() => onChange([...renames, ['', '']])}>
        Give a schema another name
      </button>
    </div>
  )
}

/** How long a byte took in the last restores that were done; of a source without one, nobody knows. */
async function secondsPerByte(source: string): Promise<number | undefined> {
  const { items } = await get<Page<Job>>(`/sources/${part(source)}/jobs?limit=200`)
  const done = items.filter((job) => job.kind === 'restore' && job.state === 'done' && !job.asked?.dryRun)
  const paces = done
    .map(({ report }) => Number(report?.seconds) / Number(report?.bytes))
    .filter((pace) => pace > 0 && Number.isFinite(pace))
    .slice(0, 5)
    .sort((a, b) => a - b)
  return paces[Math.floor(paces.length / 2)]
}

function Planned({ source, plan, mode, onStart }: { source: string; plan: Plan; mode: Mode; onStart: () => void }) {
  const [time, setTime] = useState('')
  useEffect(() => {
    if (plan.bytes !== undefined) {
      secondsPerByte(source)
        .then((pace) => (pace === undefined ? 'How long it takes is not known: there was no restore yet.' : `By the last restores some ${duration(Math.max(1, pace * plan.bytes!))}.`))
        .then(setTime, () => {})
    }
  }, [source, plan.bytes])
  const overwritten = overwrites(plan)
  const dangerous = overwritten > 0 || mode === 'replace'
  const rows = plan.tables.reduce((sum, table) => sum + table.rows, 0)
  return (
    <section aria-label="The plan" class={dangerous ? 'plan overwrites' : 'plan'}>
      <h2>
        {plan.tables.length === 0
          ? 'Nothing differs: there is nothing to do'
          : overwritten > 0
            ? `▲ ${things(overwritten, 'table')} that ${overwritten === 1 ? 'is' : 'are'} there would be ${mode === 'diff' ? 'changed' : 'replaced'}`
            : `${things(plan.tables.length, 'table')} would be made`}
      </h2>
      <p>
        {things(plan.tables.length, 'table')}, {count(rows)} rows{plan.bytes === undefined ? '' : `, ${bytes(plan.bytes)} of text`}.{' '}
        {plan.same > 0 ? `${things(plan.same, 'table')} ${plan.same === 1 ? 'is' : 'are'} the same. ` : ''}
        {time}
      </p>
      <PlanTable plan={plan} />
      {plan.tables.length > 0 ? (
        <div class="actions">
          <button type="button" class={dangerous ? 'danger' : 'primary'} onClick={onStart}>
            {dangerous ? 'Overwrite …' : 'Restore …'}
          </button>
        </div>
      ) : null}
    </section>
  )
}

/** Asks for the target's name before anything is written. */
function Confirm({ source, target, asked, plan, onClose }: { source: string; target: string; asked: { mode: Mode }; plan: Plan; onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const dangerous = overwrites(plan) > 0 || asked.mode === 'replace'
  const rows = plan.tables.reduce((sum, table) => sum + table.rows, 0)
  const start = useAction(async () => {
    // of the backup that was planned, though another may be the newest by now
    const job = await post<Job>(`/sources/${part(source)}/restores`, { ...asked, backup: plan.backup })
    location.hash = jobAddress(source, job.id)
  })
  return (
    <Dialog title={dangerous ? `Overwrite tables of ${target}?` : `Restore into ${target}?`} danger={dangerous} onClose={onClose}>
      <p>
        {things(plan.tables.length, 'table')}, {count(rows)} rows.{' '}
        {dangerous ? <strong>What is in these tables now is lost.</strong> : 'Nothing that is there is touched.'}
      </p>
      <label>
        Type <code>{target}</code> to go on
        <input
          autofocus
          autocomplete="off"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault() // it stands in the form of the plan
              if (typed === target && !start.busy) {
                start.run()
              }
            }
          }}
        />
      </label>
      <Refused of={start.refusal} />
      <div class="actions">
        <button type="button" class={dangerous ? 'danger' : 'primary'} disabled={typed !== target || start.busy} onClick={() => start.run()}>
          {dangerous ? 'Overwrite' : 'Restore'}
        </button>
        <button type="button" onClick={onClose}>
          Not now
        </button>
      </div>
    </Dialog>
  )
}
