import type { Source, Status } from './api'
import { part } from './api'
import { age, bytes, count, things, until } from './format'
import { useAnswer } from './hooks'
import { KindMark, Problem, Refused, State, Time, Waiting } from './parts'

export const sourceAddress = (source: string) => `#/sources/${part(source)}`
export const jobAddress = (source: string, job: string) => `${sourceAddress(source)}/jobs/${part(job)}`

/** Is there a good backup of everything? */
export function Overview() {
  const { value: status, refusal } = useAnswer<Status>('/status', 5)
  if (!status) {
    return <Waiting refusal={refusal} />
  }
  const wanting = status.sources.filter((source) => source.problems.length > 0)
  const good = status.sources.filter((source) => source.configured).length - wanting.length
  return (
    <>
      <Refused of={refusal} />
      <h1>
        {status.sources.length === 0
          ? 'There is no source yet'
          : wanting.length === 0
            ? good === 1
              ? 'All is well'
              : `All ${good} sources are well`
            : `${wanting.length} of ${things(good + wanting.length, 'source')} ${wanting.length === 1 ? 'needs' : 'need'} you`}
      </h1>
      <ul class="sources">
        {[...wanting, ...status.sources.filter((source) => source.problems.length === 0)].map((source) => (
          <SourceCard key={source.source} source={source} />
        ))}
      </ul>
    </>
  )
}

function SourceCard({ source }: { source: Source }) {
  const { newest, last, running } = source
  const next = source.schedules
    .filter((schedule) => schedule.next && (schedule.kind === 'full' || schedule.kind === 'incremental'))
    .sort((a, b) => Date.parse(a.next!) - Date.parse(b.next!))[0]
  return (
    <li class={source.problems.length > 0 ? 'card wanting' : 'card'}>
      <h2>
        <a href={sourceAddress(source.source)}>{source.source}</a>
        {source.configured ? null : <span class="note"> no longer configured</span>}
      </h2>
      {source.problems.map((problem) => (
        <Problem key={problem} of={problem} />
      ))}
      <dl class="facts">
        <div class="large">
          <dt>Newest backup</dt>
          <dd>{newest ? <Time of={newest.time}>{age(newest.time)}</Time> : 'none'}</dd>
        </div>
        {newest ? (
          <>
            <div>
              <dt>Size</dt>
              <dd>
                {bytes(newest.storedBytes)} <span class="note">of {bytes(newest.rawBytes)}</span>
              </dd>
            </div>
            <div>
              <dt>Holds</dt>
              <dd>
                {things(newest.tables, 'table')}, <span class="note">{count(newest.rows)} rows</span>
              </dd>
            </div>
            <div>
              <dt>Backups</dt>
              <dd>
                {count(source.backups)}, <span class="note">the newest </span>
                <KindMark kind={newest.kind} />
              </dd>
            </div>
          </>
        ) : null}
        <div>
          <dt>Last result</dt>
          <dd>
            {last ? (
              <a href={jobAddress(source.source, last.job)}>
                {last.kind} <State of={last.state} /> {last.at ? <Time of={last.at}>{age(last.at)}</Time> : null}
              </a>
            ) : (
              'none yet'
            )}
          </dd>
        </div>
        <div>
          <dt>Next backup</dt>
          <dd>{next ? <Time of={next.next!}>{until(next.next!)}</Time> : source.schedules.some((s) => s.paused) ? 'paused' : 'not scheduled'}</dd>
        </div>
        <div>
          <dt>Last verified restore</dt>
          <dd>{source.verifiedRestore ? <Time of={source.verifiedRestore}>{age(source.verifiedRestore)}</Time> : 'none known'}</dd>
        </div>
        {running.length > 0 ? (
          <div>
            <dt>At work</dt>
            <dd>
              {running.map((job) => (
                <a key={job.job} href={jobAddress(source.source, job.job)}>
                  {job.kind}
                  {job.progress ? `: ${job.progress.phase}` : ''}
                </a>
              ))}
            </dd>
          </div>
        ) : null}
      </dl>
    </li>
  )
}
