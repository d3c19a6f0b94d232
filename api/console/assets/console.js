// Shows times in the reader's zone, keeps the page connected to its stream, and says whether it is live.

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

function showTimes(root) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const text = FORMAT.format(new Date(element.dateTime))
    if (element.textContent === text) continue
    element.title = element.dateTime
    element.textContent = text
  }
}

document.addEventListener('htmx:after:swap', () => showTimes(document))
showTimes(document)

// The notice of a command is shown once: a page that is loaded again does not repeat it.
const address = new URL(location.href)
if (address.searchParams.has('done')) {
  for (const name of ['done', 'count']) address.searchParams.delete(name)
  history.replaceState(null, '', address)
}

// The stream sends an event at least every four seconds (streams.ts).
const SILENT_MS = 12_000
const RETRY_MS = 3_000

const live = document.querySelector('#live')
if (live) followStream(live)

function followStream(live) {
  /** The stream of htmx; `null` while there is none, so that htmx does not connect again by itself. */
  let connection = null
  let nextCheckAt = Date.now() + SILENT_MS

  function show(state, word) {
    if (live.dataset.live === state) return
    live.dataset.live = state
    live.querySelector('.live-word').textContent = word
  }

  function isHeard() {
    nextCheckAt = Date.now() + SILENT_MS
    show('live', 'Live')
  }

  function isLost(checkAgainMs) {
    nextCheckAt = Date.now() + checkAgainMs
    show('broken', 'Not live, trying again …')
  }

  // A connection may be half open: nothing arrives, and the browser does not notice.
  function check() {
    if (document.hidden || Date.now() < nextCheckAt) return
    isLost(SILENT_MS)
    if (connection === null) htmx.trigger(live, 'connect')
    else void connection.reader?.cancel()
  }

  live.addEventListener('htmx:sse:after:connection', ({ detail }) => {
    connection = detail.connection
    isHeard()
  })
  live.addEventListener('htmx:sse:after:message', isHeard)
  live.addEventListener('htmx:sse:error', ({ detail }) => (detail.status === 401 ? logIn() : isLost(SILENT_MS)))
  live.addEventListener('htmx:sse:close', () => {
    connection = null
    isLost(RETRY_MS)
  })
  // The first connection has failed, which htmx does not try again.
  live.addEventListener('htmx:response:error', ({ detail }) =>
    detail.ctx.response.status === 401 ? logIn() : isLost(RETRY_MS),
  )
  live.addEventListener('htmx:error', () => isLost(RETRY_MS))
  live.addEventListener('logged-out', logIn)
  // htmx pauses the stream of a hidden page.
  document.addEventListener('visibilitychange', () => (nextCheckAt = Date.now() + SILENT_MS))
  setInterval(check, 1_000)
}

/** The session has ended. The login leads back to this page. */
function logIn() {
  location.assign(`/console/login?next=${encodeURIComponent(location.pathname + location.search)}`)
}
