// Shows times in the reader's zone, and whether the page is live.

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

function showTimes(root) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const text = FORMAT.format(new Date(element.dateTime))
    if (element.textContent === text) continue
    element.title = element.dateTime
    element.textContent = text
  }
}

function showLive(state, word) {
  const live = document.querySelector('#live')
  if (!live) return
  live.dataset.live = state
  live.querySelector('.live-word').textContent = word
}

document.addEventListener('htmx:sse:after:connection', () => showLive('live', 'Live'))
document.addEventListener('htmx:sse:close', () => showLive('broken', 'Not live'))
document.addEventListener('htmx:sse:error', ({ detail }) => {
  showLive('broken', 'Not live, connecting again …')
  // The session has ended: the page leads to the login.
  if (detail.status === 401) location.reload()
})
document.addEventListener('logged-out', () => location.reload())
document.addEventListener('htmx:after:swap', () => showTimes(document))
showTimes(document)
