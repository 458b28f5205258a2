import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import './style.css'
import type { Me } from './api'
import { Refusal, get, onSignedOut, token } from './api'
import { BackupPage } from './backup'
import { asRefusal } from './hooks'
import { JobPage, JobsPage } from './jobs'
import { Overview } from './overview'
import { Refused } from './parts'
import { RestorePage } from './restore'
import { SchedulesPage } from './schedules'
import { SourcePage } from './source'

/** Where the page is: the part of its address after #, in parts and parameters. */
function place() {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) }
}

function Page({ me }: { me: Me }) {
  const [{ path, query }, setPlace] = useState(place)
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    const move = () => {
      setPlace(place())
      main.current?.focus()
      scrollTo(0, 0)
    }
    addEventListener('hashchange', move)
    setPlace(place()) // it may have moved before this was heard of
    return () => removeEventListener('hashchange', move)
  }, [])
  const [first, source, what, id] = path
  const screen = () => {
    if (first === 'sources' && source) {
      if (what === 'backups' && id) {
        return { title: id, page: <BackupPage key={id} me={me} source={source} id={id} /> }
      }
      if (what === 'restore') {
        return { title: `Restore ${source}`, page: <RestorePage key={source} source={source} wanted={query.get('backup')} /> }
      }
      if (what === 'jobs' && id) {
        return { title: id, page: <JobPage key={id} me={me} source={source} id={id} /> }
      }
      return { title: source, page: <SourcePage key={source} me={me} source={source} /> }
    }
    if (first === 'jobs') {
      return { title: 'Jobs', page: <JobsPage /> }
    }
    if (first === 'schedules') {
      return { title: 'Schedules', page: <SchedulesPage me={me} /> }
    }
    return { title: 'Overview', page: <Overview /> }
  }
  const { title, page } = screen()
  useEffect(() => {
    document.title = `${title} – Varve`
  }, [title])
  const tab = (href: string, name: string, here: boolean) => (
    <a href={href} aria-current={here ? 'page' : undefined}>
      {name}
    </a>
  )
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header>
        <a class="brand" href="#/">
          <img src="/console/icon.svg" alt="" width="28" height="28" /> Varve
        </a>
        <nav aria-label="Main">
          {tab('#/', 'Overview', first === undefined || first === 'sources')}
          {tab('#/jobs', 'Jobs', first === 'jobs')}
          {tab('#/schedules', 'Schedules', first === 'schedules')}
        </nav>
        <span class="who" title={`May ${me.roles.join(', ')}`}>
          {me.name}
        </span>
        <button class="quiet" onClick={() => (token.remove(), location.reload())}>
          Sign out
        </button>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {page}
      </main>
      <footer>
        Varve {me.version} · <a href="/q/swagger-ui/">API</a>
      </footer>
    </>
  )
}

function SignIn({ why, onToken }: { why?: Refusal; onToken: (text: string) => void }) {
  const [text, setText] = useState('')
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onToken(text.trim())
        }}
      >
        <img src="/console/icon.svg" alt="" width="56" height="56" />
        <h1>Varve</h1>
        <label>
          Token
          <input
            type="password"
            autocomplete="off"
            autofocus
            required
            aria-describedby="token-help"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <p id="token-help" class="note">
          One of <code>server.tokens</code> of the configuration. It stays in this tab, and is gone when the tab is closed.
        </p>
        <Refused of={why} />
        <button class="primary">Sign in</button>
      </form>
    </main>
  )
}

function Console() {
  const [me, setMe] = useState<Me>()
  const [why, setWhy] = useState<Refusal>()
  const [known, setKnown] = useState(token.get() !== null)
  const enter = async () => {
    setKnown(true)
    try {
      setMe(await get<Me>('/me'))
      setWhy(undefined)
    } catch (failure) {
      setKnown(false)
      if (asRefusal(failure).status !== 401) {
        setWhy(asRefusal(failure))
      }
    }
  }
  useEffect(() => {
    onSignedOut(() => {
      token.remove()
      setMe(undefined)
      setKnown(false)
      setWhy(new Refusal(401, 'The server does not know this token, or no longer.'))
    })
    if (known) {
      enter()
    }
  }, [])
  if (me) {
    return <Page me={me} />
  }
  return known ? (
    <main class="sign-in">
      <p class="waiting">One moment …</p>
    </main>
  ) : (
    <SignIn
      why={why}
      onToken={(text) => {
        token.set(text)
        enter()
      }}
    />
  )
}

render(<Console />, document.getElementById('console')!)
