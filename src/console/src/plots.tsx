import { useEffect, useMemo } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Changes, History } from './api'
import { part } from './api'
import { at, axis, bytes, compact, count, duration } from './format'
import { useAnswer, useDark, useWidth } from './hooks'
import { Scrolling } from './parts'
import type { Range } from './timeline'
import { within } from './timeline'

interface Line {
  name: string
  colour: string
  of: (i: number) => number
}

/** How backups grow: size, ratio, duration and rows read, along time. */
export function Plots({ history, range }: { history: History; range: Range }) {
  const { backups } = history
  return (
    <div class="plots">
      <Plot
        title="Size"
        history={history}
        range={range}
        form={bytes}
        lines={[
          { name: 'stored', colour: '--accent', of: (i) => backups.storedBytes[i]! },
          { name: 'new', colour: '--second', of: (i) => backups.newBytes[i]! },
        ]}
      />
      <Plot
        title="Stored of each byte of text"
        history={history}
        range={range}
        form={(value) => value.toFixed(2)}
        lines={[{ name: 'ratio', colour: '--accent', of: (i) => backups.storedBytes[i]! / Math.max(1, backups.rawBytes[i]!) }]}
      />
      <Plot
        title="Duration"
        history={history}
        range={range}
        form={duration}
        lines={[{ name: 'duration', colour: '--accent', of: (i) => backups.seconds[i]! }]}
      />
      <Plot
        title="Rows"
        history={history}
        range={range}
        form={compact}
        lines={[
          { name: 'held', colour: '--accent', of: (i) => backups.rows[i]! },
          { name: 'read', colour: '--second', of: (i) => backups.rowsRead[i]! },
        ]}
      />
    </div>
  )
}

function Plot({
  title,
  history,
  range,
  form,
  lines,
}: {
  title: string
  history: History
  range: Range
  form: (value: number) => string
  lines: Line[]
}) {
  const { ref, width } = useWidth<HTMLDivElement>()
  const dark = useDark()
  const data = useMemo(() => {
    const [first, end] = within(history, range)
    const indexes = Array.from({ length: end - first }, (_, i) => first + i)
    return [indexes.map((i) => history.backups.time[i]!), ...lines.map((line) => indexes.map(line.of))] as uPlot.AlignedData
  }, [history, range])
  useEffect(() => {
    if (width === 0) {
      return
    }
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    const line = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } }
    const plot = new uPlot(
      {
        width,
        height: 150,
        scales: { x: { range: [range.from, range.to] }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
        axes: [{ ...line, space: 90, values: (_, times) => axis(times) }, { ...line, size: 74, values: (_, values) => values.map(form) }],
        legend: { live: true },
        cursor: { y: false },
        series: [
          { value: (_, time) => (time ? at(time) : '') },
          ...lines.map((line) => ({
            label: line.name,
            stroke: colour(line.colour),
            width: 1.6,
            points: { show: data[0].length < 40 },
            value: (_: uPlot, value: number | null) => (value === null ? '' : form(value)),
          })),
        ],
      },
      data,
      ref.current!,
    )
    return () => plot.destroy()
  }, [width, data, dark])
  const newest = lines.map((line, i) => `${line.name} ${data[0].length ? form(data[i + 1]!.at(-1) as number) : 'none'}`)
  return (
    <figure aria-label={`${title}: newest ${newest.join(', ')}`}>
      <figcaption>{title}</figcaption>
      <div ref={ref} />
    </figure>
  )
}

/** Which tables change how much: those with the most rows that the last backups stored anew. */
export function ChangedTables({ source }: { source: string }) {
  const { value: changes } = useAnswer<Changes>(`/sources/${part(source)}/changes?backups=30`)
  if (!changes || changes.tables.length === 0) {
    return null
  }
  const most = Math.max(1, ...changes.tables.flatMap((table) => table.rowsStored))
  return (
    <section>
      <h2>Rows stored anew, by table</h2>
      <p class="note">The last {changes.backups.length} backups, the oldest first. A darker cell is more rows.</p>
      <Scrolling label="Rows stored anew, by table">
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">Table</th>
              {changes.backups.map((backup) => (
                <th scope="col" key={backup.id}>
                  <span class="hidden">{at(backup.time)}</span>
                </th>
              ))}
              <th scope="col" class="number">
                In all
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.tables.map((table) => (
              <tr key={`${table.schema}.${table.table}`}>
                <th scope="row">
                  {table.schema}.{table.table}
                </th>
                {table.rowsStored.map((rows, i) => (
                  <td key={i} title={`${at(changes.backups[i]!.time)}: ${count(rows)} rows`}>
                    <span class="cell" style={{ opacity: rows === 0 ? 0.06 : 0.2 + 0.8 * (Math.log1p(rows) / Math.log1p(most)) }} />
                    <span class="hidden">{count(rows)}</span>
                  </td>
                ))}
                <td class="number">{compact(table.rowsStored.reduce((a, b) => a + b, 0))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </section>
  )
}
