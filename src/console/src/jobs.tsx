import { useEffect, useState } from 'preact/hooks'
import type { Job, LogLine, Me, Refusal, Status } from './api'
import { cancel, events, get, part } from './api'
import { age, at, bytes, count, duration, things } from './format'
import { asRefusal, useAction, useAnswer, usePages } from './hooks'
import { jobAddress, sourceAddress } from './overview'
import { Dialog, Facts, Head, HowFarBar, Problem, Refused, Scrolling, State, Time, Waiting } from './parts'
import { PlanTable, planOf } from './plan'
import { backupAddress } from './source'

const titleOf = ({ kind, asked }: Job) => (asked?.dryRun ? `Plan of a ${kind}` : kind.charAt(0).toUpperCase() + kind.slice(1))

const isOpen = (job: Job) => job.state === 'running' || job.state === 'ending'

/** A job as it goes on. While the server is away the last that it said stays, and it is asked again. */
export function useJob(source: string, id: string | undefined): { job?: Job; refusal?: Refusal } {
  const [job, setJob] = useState<Job>()
  const [refusal, setRefusal] = useState<Refusal>()
  useEffect(() => {
    setJob(undefined)
    if (id === undefined) {
      return
    }
    const abort = new AbortController()
    const follow = async () => {
      while (!abort.signal.aborted) {
        try {
          const now = await get<Job>(`/sources/${part(source)}/jobs/${part(id)}`, abort.signal)
          setJob(now)
          setRefusal(undefined)
          if (!isOpen(now)) {
            return
          }
          for await (const event of events(source, id, abort.signal)) {
            setJob(event)
          }
        } catch (failure) {
          if (!abort.signal.aborted) {
            setRefusal(asRefusal(failure))
          }
          if (asRefusal(failure).status >= 400 && asRefusal(failure).status < 500) {
            return
          }
        }
        await new Promise((done) => setTimeout(done, 1000))
      }
    }
    follow()
    return () => abort.abort()
  }, [source, id])
  return { job, refusal }
}

/** What a job does, has done, and says. */
export function JobPage({ me, source, id }: { me: Me; source: string; id: string }) {
  const { job, refusal } = useJob(source, id)
  const [asking, setAsking] = useState(false)
  const end = useAction(() => cancel(source, id))
  if (!job) {
    return <Waiting refusal={refusal} />
  }
  const mayCancel = me.roles.includes('backup') || me.roles.includes('restore')
  return (
    <>
      <p class="path">
        <a href={sourceAddress(source)}>{source}</a>
      </p>
      <div class="title">
        <h1>
          {titleOf(job)} <State of={job.state} />
        </h1>
        <div class="actions">
          {isOpen(job) && mayCancel ? (
            <button disabled={end.busy} onClick={() => setAsking(true)}>
              Cancel …
            </button>
          ) : null}
        </div>
      </div>
      <Refused of={end.refusal ?? refusal} />
      {asking ? (
        <Dialog title={`Cancel this ${job.kind}?`} onClose={() => setAsking(false)}>
          <p>Nobody goes on with it. What it has done stays.</p>
          <div class="actions">
            <button
              class="danger"
              onClick={() => {
                setAsking(false)
                end.run()
              }}
            >
              Cancel the {job.kind}
            </button>
            <button autofocus onClick={() => setAsking(false)}>
              Let it go on
            </button>
          </div>
        </Dialog>
      ) : null}
      {job.failure ? (
        <Problem of={job.failure.message || job.failure.error} />
      ) : null}
      {isOpen(job) ? <Headway job={job} /> : null}
      <Facts
        of={[
          ['Asked for', job.askedAt ? <Time of={job.askedAt} /> : undefined],
          ['Ended', !isOpen(job) && job.changedAt ? <Time of={job.changedAt} /> : undefined],
          ['Backup', job.backup ? <a href={backupAddress(source, job.backup)}>{job.backup}</a> : undefined],
          ['Name', <code>{id}</code>],
        ]}
      />
      {job.report ? <Report job={job} /> : null}
      {job.asked && Object.keys(job.asked).length > 0 ? (
        <details>
          <summary>What was asked for</summary>
          <pre tabIndex={0} aria-label="What was asked for">{JSON.stringify(job.asked, null, 2)}</pre>
        </details>
      ) : null}
      <Log source={source} job={job} />
    </>
  )
}

/** How far a job is, table by table. */
export function Headway({ job }: { job: Job }) {
  const { activity } = job
  if (!activity) {
    return <p class="waiting">Nobody is at work on it here yet.</p>
  }
  return (
    <section aria-label="Headway">
      <HowFarBar label={activity.phase} done={activity.bytes} whole={activity.expectedBytes} since={activity.since} />
      <p aria-live="polite">
        {activity.phase}
        {activity.tablesTotal ? `: ${activity.tablesDone} of ${things(activity.tablesTotal, 'table')}` : ''}, {count(activity.rows)} rows
      </p>
      {activity.tables && activity.tables.length > 0 ? (
        <Scrolling label="Tables at work">
          <table>
          <Head of={['Table', 'Does', { number: 'Rows' }, 'How far']} />
            <tbody>
              {activity.tables.map((table) => (
                <tr key={`${table.schema}.${table.table}`}>
                  <th scope="row">
                    {table.schema}.{table.table}
                  </th>
                  <td>{table.done ? <State of="done" /> : table.phase}</td>
                  <td class="number">{count(table.rows)}</td>
                  <td>
                    <HowFarBar label={`${table.schema}.${table.table}`} done={table.bytes} whole={table.done ? table.bytes : table.expectedBytes} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      ) : null}
      {activity.warnings.map((warning) => (
        <p class="warning" key={warning}>
          {warning}
        </p>
      ))}
    </section>
  )
}

/** A field of a report by what its name ends with: bytes, seconds, or a number of something. */
function valueOf(name: string, value: unknown): string | undefined {
  if (typeof value === 'number') {
    return /bytes$/i.test(name) ? bytes(value) : /seconds$/i.test(name) ? duration(value) : Number.isInteger(value) ? count(value) : value.toFixed(2)
  }
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no'
  }
  if (Array.isArray(value)) {
    return value.every((each) => typeof each === 'string') ? value.join(' ') || undefined : things(value.length, 'item')
  }
  return typeof value === 'string' ? value : undefined
}

/** The name of a field of a report, in words; its unit stands with its value. */
function words(name: string): string {
  const bare = { bytes: 'text', seconds: 'took' }[name] ?? name.replace(/(Bytes|Seconds)$/, '')
  return bare.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase())
}

/** Fields that are shown elsewhere. */
const ELSEWHERE = ['backupId', 'id', 'verified', 'dryRun']

function fields(report: object): [string, string | undefined][] {
  return Object.entries(report).flatMap(([name, value]) =>
    ELSEWHERE.includes(name)
      ? []
      : value !== null && typeof value === 'object' && !Array.isArray(value)
      ? fields(value).map(([inner, text]): [string, string | undefined] => [`${words(name)}: ${inner.toLowerCase()}`, text])
      : [[words(name), valueOf(name, value)] as [string, string | undefined]],
  )
}

function Report({ job }: { job: Job }) {
  const report = job.report!
  const plan = planOf(job)
  return (
    <section>
      <h2>Report</h2>
      {report.verified === true ? (
        <p class="good">
          <span aria-hidden="true">✓</span> Verified: the target holds what the backup does.
        </p>
      ) : null}
      <Facts of={fields(report)} />
      {plan ? <PlanTable plan={plan} /> : null}
    </section>
  )
}

function Log({ source, job }: { source: string; job: Job }) {
  const { value } = useAnswer<{ lines: LogLine[] }>(`/sources/${part(source)}/jobs/${part(job.id)}/log?${job.state}`, isOpen(job) ? 3 : 0)
  return value && value.lines.length > 0 ? (
    <section>
      <h2>Log</h2>
      <Scrolling label="Log">
        <table class="log">
          <tbody>
            {value.lines.map((line, i) => (
              <tr key={i} class={line.level.toLowerCase()}>
                <td>
                  <time dateTime={line.time}>{new Date(line.time).toLocaleTimeString('en-GB')}</time>
                </td>
                <td>{line.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </section>
  ) : null
}

/** Jobs of all sources, those at work first. */
export function JobsPage() {
  const { value: status, refusal } = useAnswer<Status>('/status', 5)
  const [chosen, setChosen] = useState<string>()
  if (!status) {
    return <Waiting refusal={refusal} />
  }
  const running = status.sources.flatMap((source) => source.running.map((job) => ({ ...job, source: source.source })))
  const busiest = [...status.sources].sort((a, b) => (b.last?.at ?? '').localeCompare(a.last?.at ?? ''))[0]
  const source = chosen ?? busiest?.source
  return (
    <>
      <h1>Jobs</h1>
      <section>
        <h2>At work</h2>
        {running.length === 0 ? (
          <p class="waiting">Nothing is at work.</p>
        ) : (
          <ul class="plain">
            {running.map((job) => (
              <li class="card" key={job.job}>
                <a href={jobAddress(job.source, job.job)}>
                  {job.kind} of {job.source}
                </a>
                {job.since ? <span class="note"> since {at(job.since)}</span> : null}
                {job.progress ? <HowFarBar label={job.progress.phase} done={job.progress.bytes} whole={job.progress.expectedBytes} /> : null}
              </li>
            ))}
          </ul>
        )}
      </section>
      {source ? (
        <section>
          <h2>Past</h2>
          <label>
            Source{' '}
            <select value={source} onChange={(event) => setChosen(event.currentTarget.value)}>
              {status.sources.map((each) => (
                <option key={each.source}>{each.source}</option>
              ))}
            </select>
          </label>
          <PastJobs key={source} source={source} />
        </section>
      ) : null}
    </>
  )
}

function PastJobs({ source }: { source: string }) {
  const jobs = usePages<Job>(`/sources/${part(source)}/jobs`)
  if (!jobs.value) {
    return <Waiting refusal={jobs.refusal} />
  }
  return (
    <>
      <Scrolling label="Past jobs">
        <table>
          <Head of={['Job', 'State', 'Asked for', 'What came of it']} />
          <tbody>
            {jobs.value.map((job) => (
              <tr key={job.id}>
                <th scope="row">
                  <a href={jobAddress(source, job.id)}>
                    {titleOf(job)}
                  </a>
                </th>
                <td>
                  <State of={job.state} />
                </td>
                <td>{job.askedAt ? <Time of={job.askedAt}>{age(job.askedAt)}</Time> : ''}</td>
                <td>{job.failure?.message || job.failure?.error || job.backup || ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      {jobs.value.length === 0 ? <p class="waiting">There was none.</p> : null}
      {jobs.more ? (
        <button class="quiet" onClick={jobs.more}>
          Show more
        </button>
      ) : null}
    </>
  )
}
