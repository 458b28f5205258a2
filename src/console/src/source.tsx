import { useMemo, useState } from 'preact/hooks'
import type { History, Job, Me, Status } from './api'
import { part, post } from './api'
import { age, at, bytes, compact, count, duration } from './format'
import { useAction, useAnswer } from './hooks'
import { jobAddress, sourceAddress } from './overview'
import { Head, KindMark, Problem, Refused, Scrolling, State, Waiting } from './parts'
import { ChangedTables, Plots } from './plots'
import { RangeChoice, Timeline, rangeOf, within } from './timeline'

const AT_ONCE = 25

export const backupAddress = (source: string, id: string) => `${sourceAddress(source)}/backups/${part(id)}`
export const restoreAddress = (source: string, id: string) => `${sourceAddress(source)}/restore?backup=${part(id)}`

/** The backups of a source along time, and how they grow. */
export function SourcePage({ me, source }: { me: Me; source: string }) {
  const { value: history, refusal } = useAnswer<History>(`/sources/${part(source)}/history`, 15)
  const { value: status } = useAnswer<Status>('/status', 15)
  const its = status?.sources.find((each) => each.source === source)
  const begin = useAction(async (what: string, body: object) => {
    const job = await post<Job>(`/sources/${part(source)}/${what}`, body)
    location.hash = jobAddress(source, job.id)
  })
  const mayBackUp = me.roles.includes('backup')
  return (
    <>
      <div class="title">
        <h1>{source}</h1>
        <div class="actions">
          {me.roles.includes('restore') ? (
            <a class="button primary" href={`${sourceAddress(source)}/restore`}>
              Restore …
            </a>
          ) : null}
          {mayBackUp ? (
            <>
              <button disabled={begin.busy} onClick={() => begin.run('backups', {})}>
                Back up now
              </button>
              <button disabled={begin.busy} onClick={() => begin.run('backups', { kind: 'full' })}>
                Full backup now
              </button>
            </>
          ) : null}
        </div>
      </div>
      <Refused of={begin.refusal ?? (history ? refusal : undefined)} />
      {its?.problems.map((problem) => (
        <Problem key={problem} of={problem} />
      ))}
      {history ? <Backups source={source} history={history} /> : <Waiting refusal={refusal} />}
    </>
  )
}

function Backups({ source, history }: { source: string; history: History }) {
  const { backups } = history
  const [days, setDays] = useState(() => (Date.now() / 1000 - (backups.time[0] ?? 0) < 7 * 86_400 ? 7 : 30))
  const [picked, setPicked] = useState(backups.id.length - 1)
  const range = useMemo(() => rangeOf(history, days), [history, days])
  if (backups.id.length === 0 && history.failed.length === 0) {
    return <p class="waiting">There is no backup yet.</p>
  }
  const isPicked = picked >= 0 && picked < backups.id.length
  return (
    <>
      <section aria-label="Timeline">
        <RangeChoice days={days} onChange={setDays} />
        <Timeline history={history} range={range} picked={picked} onPick={setPicked} />
        {isPicked ? (
          <p class="picked" aria-live="polite">
            <a href={backupAddress(source, backups.id[picked]!)}>{at(backups.time[picked]!)}</a> <KindMark kind={backups.kind[picked]!} />{' '}
            {bytes(backups.storedBytes[picked]!)}, {count(backups.rows[picked]!)} rows in {duration(backups.seconds[picked]!)}{' '}
            <a href={restoreAddress(source, backups.id[picked]!)}>Restore this …</a>
          </p>
        ) : null}
      </section>
      <Plots history={history} range={range} />
      <ChangedTables source={source} />
      <BackupList key={days} source={source} history={history} range={range} />
    </>
  )
}

function BackupList({ source, history, range }: { source: string; history: History; range: { from: number; to: number } }) {
  const { backups } = history
  const [most, setMost] = useState(AT_ONCE)
  const rows = useMemo(() => {
    const [first, end] = within(history, range)
    const own = Array.from({ length: end - first }, (_, i) => ({ time: backups.time[first + i]!, index: first + i, job: undefined, gone: undefined }))
    const failed = history.failed.map((job) => ({ time: Date.parse(job.at) / 1000, index: -1, job, gone: undefined }))
    const gone = history.deleted.map((deleted) => ({ time: Date.parse(deleted.time) / 1000, index: -1, job: undefined, gone: deleted }))
    return [...own, ...[...failed, ...gone].filter((row) => row.time >= range.from)].sort((a, b) => b.time - a.time)
  }, [history, range])
  return (
    <section>
      <h2>Backups</h2>
      <Scrolling label="Backups">
        <table>
          <Head of={['Time', 'Kind', { number: 'Stored' }, { number: 'New' }, { number: 'Rows' }, { number: 'Read' }, { number: 'Took' }]} />
          <tbody>
            {rows.slice(0, most).map(({ time, index: i, job, gone }) =>
              job ? (
                <tr key={job.job} class="failed">
                  <th scope="row">
                    <a href={jobAddress(source, job.job)}>{at(time)}</a>
                  </th>
                  <td>
                    <State of="failed" />
                  </td>
                  <td colSpan={5}>{job.reason ?? job.error}</td>
                </tr>
              ) : gone ? (
                <tr key={gone.id} class="gone">
                  <th scope="row">{at(time)}</th>
                  <td>
                    <KindMark kind={gone.kind} />
                  </td>
                  <td colSpan={5}>pruned{gone.deletedAt ? ` ${age(gone.deletedAt)}` : ''}</td>
                </tr>
              ) : (
                <tr key={backups.id[i]}>
                  <th scope="row">
                    <a href={backupAddress(source, backups.id[i]!)}>{at(time)}</a>
                  </th>
                  <td>
                    <KindMark kind={backups.kind[i]!} />
                  </td>
                  <td class="number">{bytes(backups.storedBytes[i]!)}</td>
                  <td class="number">{bytes(backups.newBytes[i]!)}</td>
                  <td class="number">{compact(backups.rows[i]!)}</td>
                  <td class="number">{compact(backups.rowsRead[i]!)}</td>
                  <td class="number">{duration(backups.seconds[i]!)}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </Scrolling>
      {rows.length > most ? (
        <button class="quiet" onClick={() => setMost(most + 200)}>
          Show more of {count(rows.length)}
        </button>
      ) : null}
    </section>
  )
}
