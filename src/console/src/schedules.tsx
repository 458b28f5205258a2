import type { Job, Me, Schedule } from './api'
import { part, post } from './api'
import { cron, duration, until } from './format'
import { useAction, useAnswer } from './hooks'
import { jobAddress, sourceAddress } from './overview'
import { Head, Refused, Scrolling, State, Time, Waiting } from './parts'

/** What begins by itself; here it is begun now, and paused. */
export function SchedulesPage({ me }: { me: Me }) {
  const { value, refusal, again } = useAnswer<{ schedules: Schedule[] }>('/schedules', 10)
  const change = useAction(async (schedule: Schedule, what: 'pause' | 'resume') => {
    await post(`/sources/${part(schedule.source)}/schedules/${schedule.kind}/${what}`)
    again()
  })
  const run = useAction(async (schedule: Schedule) => {
    const job = await post<Job>(`/sources/${part(schedule.source)}/schedules/${schedule.kind}/run`)
    location.hash = jobAddress(schedule.source, job.id)
  })
  if (!value) {
    return <Waiting refusal={refusal} />
  }
  const mayChange = me.roles.includes('backup')
  const mayRun = (kind: string) => me.roles.includes(kind === 'drill' || kind === 'sync' ? 'restore' : 'backup')
  return (
    <>
      <h1>Schedules</h1>
      <Refused of={change.refusal ?? run.refusal ?? refusal} />
      {value.schedules.length === 0 ? <p class="waiting">The configuration has none.</p> : null}
      <Scrolling label="Schedules">
        <table>
          <Head of={['Source', 'Kind', 'When', 'Next', { hidden: 'Change' }]} />
          <tbody>
            {value.schedules.map((schedule) => (
              <tr key={`${schedule.source} ${schedule.kind}`}>
                <th scope="row">
                  <a href={sourceAddress(schedule.source)}>{schedule.source}</a>
                </th>
                <td>{schedule.kind}</td>
                <td>
                  <span title={schedule.cron}>{cron(schedule.cron)}</span>{' '}
                  <span class="note">
                    {schedule.timeZone}
                    {schedule.jitterSeconds > 0 ? `, up to ${duration(schedule.jitterSeconds)} later` : ''}
                  </span>
                </td>
                <td>{schedule.paused ? <State of="paused" /> : schedule.next ? <Time of={schedule.next}>{until(schedule.next)}</Time> : 'never'}</td>
                <td class="actions">
                  {mayRun(schedule.kind) ? (
                    <button disabled={run.busy} onClick={() => run.run(schedule)}>
                      Run now
                      <span class="hidden">: {schedule.kind} of {schedule.source}</span>
                    </button>
                  ) : null}
                  {mayChange ? (
                    <button disabled={change.busy} onClick={() => change.run(schedule, schedule.paused ? 'resume' : 'pause')}>
                      {schedule.paused ? 'Resume' : 'Pause'}
                      <span class="hidden">: {schedule.kind} of {schedule.source}</span>
                    </button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </>
  )
}
