import { useState } from 'preact/hooks'
import type { Details, Job, Me, Table, TableDetails } from './api'
import { part, post } from './api'
import { age, at, bytes, count, duration, things } from './format'
import { useAction, useAnswer, usePages, useSettled } from './hooks'
import { jobAddress, sourceAddress } from './overview'
import { Facts, Head, KindMark, Refused, Scrolling, Search, Waiting } from './parts'
import { backupAddress, restoreAddress } from './source'

/** A backup: what it holds, what of it is new, and how it was taken. */
export function BackupPage({ me, source, id }: { me: Me; source: string; id: string }) {
  const { value: backup, refusal } = useAnswer<Details>(`/sources/${part(source)}/backups/${part(id)}/details`)
  const verify = useAction(async (readData: boolean) => {
    const job = await post<Job>(`/sources/${part(source)}/verifications`, { backup: id, ...(readData ? { readData: 100 } : {}) })
    location.hash = jobAddress(source, job.id)
  })
  if (!backup) {
    return <Waiting refusal={refusal} />
  }
  const { totals, consistency, changes } = backup
  return (
    <>
      <p class="path">
        <a href={sourceAddress(source)}>{source}</a>
      </p>
      <div class="title">
        <h1>
          {at(backup.snapshotTime)} <KindMark kind={backup.kind} />
        </h1>
        <div class="actions">
          {me.roles.includes('restore') ? (
            <a class="button primary" href={restoreAddress(source, id)}>
              Restore this …
            </a>
          ) : null}
          {me.roles.includes('backup') ? (
            <>
              <button disabled={verify.busy} onClick={() => verify.run(false)}>
                Verify now
              </button>
              <button disabled={verify.busy} onClick={() => verify.run(true)}>
                Verify and read all
              </button>
            </>
          ) : null}
        </div>
      </div>
      <Refused of={verify.refusal} />
      <Facts
        of={[
          ['Age', age(backup.snapshotTime).replace(' ago', '')],
          ['Holds', `${things(totals.tables, 'table')}, ${count(totals.rows)} rows`],
          ['Size', `${bytes(totals.storedBytes)} of ${bytes(totals.rawBytes)} of text`],
          ['Parts', count(totals.parts)],
          ['Took', duration(totals.seconds)],
          ['Builds on', backup.parent ? <a href={backupAddress(source, backup.parent)}>{backup.parent}</a> : 'nothing'],
          ['Built on by', things(backup.children, 'backup')],
          changes
            ? ['New', `${bytes(changes.bytesStored)} in ${things(changes.partsStored, 'part')}; ${things(changes.partsKept, 'part')} kept`]
            : ['New', 'all of it'],
          ['Rows read', changes ? count(changes.rowsRead) : undefined],
          ['Dropped tables', changes?.droppedTables.length ? changes.droppedTables.join(', ') : undefined],
          ['Tags', backup.tags?.join(', ')],
          ['Notes', backup.notes.length > 0 ? backup.notes.join(' ') : undefined],
          ['Id', <code>{id}</code>],
          ['Made by', `Varve ${backup.toolVersion}`],
        ]}
      />
      <section>
        <h2>One instant of the source</h2>
        <Facts
          of={[
            ['Server', `${backup.server.flavour} ${backup.server.version}`],
            ['Shown by', consistency.snapshot],
            ['Connections', count(consistency.connections)],
            ['Passes', count(consistency.passes)],
            ['GTIDs', consistency.gtidSet ? <code>{consistency.gtidSet}</code> : undefined],
            ['Log position', consistency.binlogFile ? <code>{`${consistency.binlogFile}:${consistency.binlogPosition}`}</code> : undefined],
            ['Ways that did not do', consistency.waysRefused.length ? consistency.waysRefused.join('; ') : undefined],
            ['Tables of another instant', consistency.tablesOutside.length ? consistency.tablesOutside.join(', ') : undefined],
            ['Stores', backup.stores.map((store) => <code key={store}>{store}</code>)],
          ]}
        />
      </section>
      {Object.keys(backup.objects.counts).length > 0 ? (
        <section>
          <h2>Other objects</h2>
          {Object.entries(backup.objects.counts).map(([type, number]) => (
            <details key={type}>
              <summary>
                {type} ({count(number)})
              </summary>
              <ul class="names">
                {backup.objects.names[type]?.map((name) => (
                  <li key={name}>{name}</li>
                ))}
              </ul>
            </details>
          ))}
        </section>
      ) : null}
      <Tables source={source} id={id} total={totals.tables} />
    </>
  )
}

function Tables({ source, id, total }: { source: string; id: string; total: number }) {
  const [search, setSearch] = useState('')
  const settled = useSettled(search)
  const tables = usePages<Table>(
    `/sources/${part(source)}/backups/${part(id)}/tables${settled ? `?search=${encodeURIComponent(settled)}` : ''}`,
  )
  return (
    <section>
      <h2>{things(total, 'table')}</h2>
      <Search text={search} onInput={setSearch} />
      <Refused of={tables.refusal} />
      <Scrolling label="Tables">
        <table>
          <Head of={['Table', { number: 'Rows' }, 'Since the parent', { number: 'Text' }, { number: 'Stored' }, { number: 'Parts' }]} />
          <tbody>
            {tables.value?.map((table) => (
              <TableRow key={`${table.schema}.${table.table}`} source={source} id={id} table={table} />
            ))}
          </tbody>
        </table>
      </Scrolling>
      {tables.value?.length === 0 ? <p class="waiting">No table of that name.</p> : null}
      {tables.more ? (
        <button class="quiet" onClick={tables.more}>
          Show more
        </button>
      ) : null}
    </section>
  )
}

function TableRow({ source, id, table }: { source: string; id: string; table: Table }) {
  const [open, setOpen] = useState(false)
  const { change } = table
  const rows = change ? table.rows - change.rowsBefore : 0
  return (
    <>
      <tr>
        <th scope="row">
          <button class="disclose" aria-expanded={open} onClick={() => setOpen(!open)}>
            <span aria-hidden="true">{open ? '▾' : '▸'}</span> {table.schema}.{table.table}
          </button>
        </th>
        <td class="number">{count(table.rows)}</td>
        <td>
          {change ? (
            <>
              <span class={`change ${change.change}`}>{change.change}</span>
              {rows === 0 ? '' : `, ${rows > 0 ? '+' : '−'}${count(Math.abs(rows))} rows`}
              {change.bytesStored > 0 ? `, ${bytes(change.bytesStored)} new` : ''}
              {change.before ? `, was ${change.before}` : ''}
            </>
          ) : (
            ''
          )}
        </td>
        <td class="number">{bytes(table.rawBytes)}</td>
        <td class="number">{bytes(table.storedBytes)}</td>
        <td class="number">{count(table.parts)}</td>
      </tr>
      {open ? (
        <tr>
          <td colSpan={6}>
            <Definition source={source} id={id} table={table} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

function Definition({ source, id, table }: { source: string; id: string; table: Table }) {
  const { value, refusal } = useAnswer<TableDetails>(
    `/sources/${part(source)}/backups/${part(id)}/tables/${part(table.schema)}/${part(table.table)}`,
  )
  return value ? (
    <>
      <p class="note">
        {value.engine}, {value.keyColumns.length > 0 ? `read along ${value.keyColumns.join(', ')}` : 'without a key to read along'}
      </p>
      <pre tabIndex={0} aria-label={`Definition of ${table.table}`}>
        {value.ddl}
      </pre>
    </>
  ) : (
    <Waiting refusal={refusal} />
  )
}
