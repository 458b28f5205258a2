import { useState } from 'preact/hooks'
import type { Difference, Job, RestorePlan } from './api'
import { bytes, count, things } from './format'
import { Head, Scrolling } from './parts'

const AT_ONCE = 25

/** What a restore would do, whatever its mode. */
export interface Plan {
  backup: string
  tables: { table: string; target: string; does: string; overwrites: boolean; rows: number; bytes?: number }[]
  same: number
  bytes?: number
}

/** Reads it from the report of a dry run; of another job there is none. */
export function planOf(job: Job): Plan | undefined {
  if (!job.asked?.dryRun || job.kind !== 'restore' || !job.report) {
    return undefined
  }
  if (job.asked.mode !== 'diff') {
    const plan = job.report as unknown as RestorePlan
    return {
      backup: plan.backupId,
      tables: plan.tables.map((table) => ({
        ...table,
        does: table.replaces ? 'replaces what is there' : 'creates',
        overwrites: table.replaces,
      })),
      same: 0,
      bytes: plan.bytes,
    }
  }
  const difference = job.report as unknown as Difference
  const differing = difference.tables.filter((table) => table.state !== 'same')
  return {
    backup: difference.id,
    tables: differing.map((table) => ({
      table: table.table,
      target: table.table,
      does: {
        different: `changes ${count(table.differentRanges)} of ${things(table.ranges, 'range')}`,
        missing: 'creates',
        otherwise: 'makes anew, for it is defined otherwise',
        same: '',
      }[table.state],
      overwrites: table.state !== 'missing',
      rows: table.state === 'different' ? table.rowsInBackup : table.rows,
    })),
    same: difference.tables.length - differing.length,
  }
}

export const overwrites = (plan: Plan) => plan.tables.filter((table) => table.overwrites).length

/** The tables that a restore makes, and first those that it takes away for it. */
export function PlanTable({ plan }: { plan: Plan }) {
  const [most, setMost] = useState(AT_ONCE)
  const tables = [...plan.tables].sort((a, b) => Number(b.overwrites) - Number(a.overwrites) || b.rows - a.rows)
  if (tables.length === 0) {
    return null
  }
  return (
    <>
      <Scrolling label="Plan">
        <table>
          <Head of={['Table', 'Becomes', 'Does', { number: 'Rows' }, ...(plan.bytes === undefined ? [] : [{ number: 'Text' }])]} />
          <tbody>
            {tables.slice(0, most).map((table) => (
              <tr key={table.target} class={table.overwrites ? 'replaces' : ''}>
                <th scope="row">{table.table}</th>
                <td>{table.target}</td>
                <td>
                  {table.overwrites ? <span aria-hidden="true">▲ </span> : null}
                  {table.does}
                </td>
                <td class="number">{count(table.rows)}</td>
                {table.bytes === undefined ? null : <td class="number">{bytes(table.bytes)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      {tables.length > most ? (
        <button class="quiet" type="button" onClick={() => setMost(tables.length)}>
          Show all {count(tables.length)}
        </button>
      ) : null}
    </>
  )
}
