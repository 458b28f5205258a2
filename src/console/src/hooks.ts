import { useEffect, useRef, useState } from 'preact/hooks'
import { Refusal, get } from './api'

export interface Answer<T> {
  value?: T
  refusal?: Refusal
  again: () => void
}

/** What the API answers, asked again every so many seconds; the last answer stays while the server is away. */
export function useAnswer<T>(path: string | null, everySeconds = 0): Answer<T> {
  const [value, setValue] = useState<{ path: string; answer: T }>()
  const [refusal, setRefusal] = useState<Refusal>()
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    if (path === null) {
      return
    }
    const abort = new AbortController()
    let timer = 0
    const ask = async () => {
      try {
        const answer = await get<T>(path, abort.signal)
        setValue({ path, answer })
        setRefusal(undefined)
      } catch (failure) {
        if (abort.signal.aborted) {
          return
        }
        setRefusal(asRefusal(failure))
      }
      if (everySeconds > 0) {
        timer = setTimeout(() => (document.hidden ? (timer = setTimeout(ask, 1000)) : ask()), everySeconds * 1000)
      }
    }
    ask()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [path, everySeconds, asked])
  return { value: value?.path === path ? value.answer : undefined, refusal, again: () => setAsked(asked + 1) }
}

/** All items of a list that comes in pages, as far as they are wanted. */
export function usePages<T>(path: string): Answer<T[]> & { more?: () => void } {
  const [pages, setPages] = useState<{ path: string; after: string }>({ path, after: '' })
  const after = pages.path === path ? pages.after : ''
  const page = useAnswer<{ items: T[]; next?: string }>(
    path + (path.includes('?') ? '&' : '?') + 'limit=100' + (after && `&after=${encodeURIComponent(after)}`),
  )
  const known = useRef<{ path: string; items: Map<string, T[]> }>({ path, items: new Map() })
  if (known.current.path !== path) {
    known.current = { path, items: new Map() }
  }
  if (page.value) {
    known.current.items.set(after, page.value.items)
  }
  const items = [...known.current.items.values()].flat()
  const next = page.value?.next
  return {
    value: known.current.items.size > 0 ? items : undefined,
    refusal: page.refusal,
    again: page.again,
    more: next === undefined ? undefined : () => setPages({ path, after: next }),
  }
}

export const asRefusal = (failure: unknown) =>
  failure instanceof Refusal ? failure : new Refusal(0, failure instanceof Error ? failure.message : String(failure))

/** Something that a button does: whether it is at it, and what was refused. */
export function useAction<A extends unknown[]>(action: (...args: A) => Promise<void>) {
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const run = async (...args: A) => {
    setBusy(true)
    setRefusal(undefined)
    try {
      await action(...args)
    } catch (failure) {
      setRefusal(asRefusal(failure))
    } finally {
      setBusy(false)
    }
  }
  return { run, busy, refusal }
}

/** A text that has not changed for a moment. */
export function useSettled(text: string, milliseconds = 200): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), milliseconds)
    return () => clearTimeout(timer)
  }, [text, milliseconds])
  return settled
}

/** The width of an element, as it changes. */
export function useWidth<E extends HTMLElement>() {
  const ref = useRef<E>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = ref.current!
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}

/** Whether colours are dark; what is drawn by hand is drawn anew when that changes. */
export function useDark(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const [dark, setDark] = useState(query.matches)
  useEffect(() => {
    const change = () => setDark(query.matches)
    query.addEventListener('change', change)
    return () => query.removeEventListener('change', change)
  }, [])
  return dark
}
