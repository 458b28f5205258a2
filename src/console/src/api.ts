// The REST API of the server that this page comes from.

const BASE = '/api/v1'
const TOKEN = 'varve-token'

/** What the server, or the way to it, refuses, in words for a person. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint?: string,
  ) {
    super(message)
  }
}

// Of this tab alone: another one asks for it again.
export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value: string) => sessionStorage.setItem(TOKEN, value),
  remove: () => sessionStorage.removeItem(TOKEN),
}

let signedOut: () => void = () => {}

/** Has it called when the server does not know the token, or no longer. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(BASE + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token.get() ?? ''}` },
    })
  } catch (failure) {
    if (init.signal?.aborted) {
      throw failure
    }
    throw new Refusal(0, 'The server does not answer.', 'This page goes on by itself once it does.')
  }
  if (answer.ok) {
    return answer
  }
  if (answer.status === 401) {
    signedOut()
  }
  throw await refusal(answer)
}

async function refusal(answer: Response): Promise<Refusal> {
  try {
    const problem = (await answer.json()) as { title: string; detail?: string; hint?: string }
    return new Refusal(answer.status, problem.detail ?? problem.title, problem.hint)
  } catch {
    return new Refusal(
      answer.status,
      answer.status === 403
        ? 'This token may not do that.'
        : `The server answered ${answer.status} ${answer.statusText}.`,
    )
  }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await send(path, { signal })).json()) as T
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const answer = await send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await answer.json()) as T
}

export async function cancel(source: string, job: string): Promise<void> {
  await send(`/sources/${part(source)}/jobs/${part(job)}`, { method: 'DELETE' })
}

/** A name as a part of a path. */
export const part = encodeURIComponent

/** What a job says of itself each second, until it has ended. */
export async function* events(source: string, job: string, signal: AbortSignal): AsyncGenerator<Job> {
  const answer = await send(`/sources/${part(source)}/jobs/${part(job)}/events`, {
    signal,
    headers: { accept: 'text/event-stream' },
  })
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) {
      return
    }
    text += value
    const ends = text.lastIndexOf('\n\n')
    for (const event of text.slice(0, Math.max(ends, 0)).split('\n\n')) {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5))
        .join('')
      if (data) {
        yield JSON.parse(data) as Job
      }
    }
    text = ends < 0 ? text : text.slice(ends + 2)
  }
}

// Times are ISO 8601, as the server writes them; what is not known is left out.

export type Kind = 'full' | 'incremental'

export interface Me {
  name: string
  roles: string[]
  version: string
}

export interface Status {
  at: string
  sources: Source[]
}

export interface Source {
  source: string
  configured: boolean
  backups: number
  newest?: {
    backupId: string
    kind: Kind
    time: string
    ageSeconds: number
    tables: number
    rows: number
    rawBytes: number
    storedBytes: number
  }
  last?: EndedJob
  running: { job: string; kind: string; since?: string; progress?: HowFar }[]
  schedules: ScheduleStatus[]
  verifiedRestore?: string
  problems: string[]
}

export interface EndedJob {
  job: string
  kind: string
  state: string
  at?: string
  reason?: string
}

export interface HowFar {
  phase: string
  rows: number
  bytes: number
  expectedBytes: number
}

export interface ScheduleStatus {
  kind: string
  cron: string
  timeZone: string
  paused: boolean
  next?: string
  last?: EndedJob
}

/** All backups of a source, oldest first, as columns. Times are seconds since 1970. */
export interface History {
  backups: {
    id: string[]
    kind: Kind[]
    time: number[]
    parent: number[]
    tables: number[]
    rows: number[]
    rawBytes: number[]
    storedBytes: number[]
    newBytes: number[]
    rowsRead: number[]
    seconds: number[]
  }
  deleted: { id: string; kind: Kind; time: string; deletedAt?: string }[]
  failed: { job: string; kind: string; at: string; error?: string; reason?: string }[]
  missed: number[]
}

export interface Summary {
  id: string
  kind: Kind
  snapshotTime: string
  totals: { tables: number; parts: number; rows: number; rawBytes: number; storedBytes: number; seconds: number }
  parent?: string
  tags?: string[]
  server: { flavour: string; version: string; timeZone: string }
  changes?: {
    rowsRead: number
    bytesRead: number
    partsKept: number
    bytesKept: number
    partsStored: number
    bytesStored: number
    droppedTables: string[]
  }
}

export interface Details extends Summary {
  consistency: {
    snapshot: string
    connections: number
    passes: number
    waysRefused: string[]
    tablesOutside: string[]
    binlogFile?: string
    binlogPosition?: number
    gtidSet?: string
  }
  objects: { counts: Record<string, number>; names: Record<string, string[]> }
  notes: string[]
  toolVersion: string
  stores: string[]
  children: number
}

export interface Page<T> {
  items: T[]
  next?: string
}

export interface Table {
  schema: string
  table: string
  rows: number
  parts: number
  rawBytes: number
  storedBytes: number
  change?: { change: string; before?: string; rowsBefore: number; partsKept: number; bytesStored: number }
}

export interface TableDetails {
  ddl: string
  engine?: string
  keyColumns: string[]
}

export interface Changes {
  backups: { id: string; time: string }[]
  tables: { schema: string; table: string; rows: number[]; rowsStored: number[]; bytesStored: number[] }[]
}

export interface Job {
  id: string
  source: string
  kind: string
  state: 'running' | 'ending' | 'done' | 'failed' | 'canceled'
  asked?: Record<string, unknown>
  askedAt?: string
  changedAt?: string
  backup?: string
  activity?: HowFar & {
    since: string
    warnings: string[]
    tablesDone?: number
    tablesTotal?: number
    tables?: { schema: string; table: string; phase: string; rows: number; bytes: number; expectedBytes: number; done: boolean }[]
  }
  report?: Record<string, unknown>
  failure?: { error: string; message: string }
}

export interface RestorePlan {
  backupId: string
  tables: { table: string; target: string; rows: number; bytes: number; replaces: boolean }[]
  rows: number
  bytes: number
}

/** What a restore of what differs would do. */
export interface Difference {
  id: string
  tables: {
    table: string
    state: 'same' | 'different' | 'missing' | 'otherwise'
    rows: number
    ranges: number
    differentRanges: number
    rowsInBackup: number
  }[]
  additional: string[]
}

export interface LogLine {
  time: string
  level: string
  text: string
}

export interface Target {
  name: string
  overwrite: boolean
}

export interface Schedule {
  source: string
  kind: string
  cron: string
  timeZone: string
  jitterSeconds: number
  paused: boolean
  next?: string
}
