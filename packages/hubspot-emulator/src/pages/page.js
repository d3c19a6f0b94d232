// Keeps the page up to date: polls for changes and then replaces the main part. Open details stay open.

const POLL_MS = 1000

let shownRevision = document.body.dataset.revision

async function poll() {
  const status = document.querySelector('.live')
  try {
    const revisions = await (await fetch('/__emulator/revision')).json()
    if (revisions[document.body.dataset.watches] !== shownRevision && !isBusy()) await reload()
    status.textContent = 'live'
    document.body.classList.remove('unavailable')
  } catch {
    status.textContent = 'the emulator does not respond'
    document.body.classList.add('unavailable')
  }
  setTimeout(poll, POLL_MS)
}

/** True while the reader types into a form or has selected text. */
function isBusy() {
  const typing =
    document.activeElement?.matches('input, select') && document.querySelector('main').contains(document.activeElement)
  return typing || String(getSelection()) !== ''
}

async function reload() {
  const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html')
  const open = new Set([...document.querySelectorAll('details[open]')].map((details) => details.id))
  for (const details of fresh.querySelectorAll('details')) details.open = open.has(details.id)
  document.querySelector('main').replaceChildren(...fresh.querySelector('main').childNodes)
  document.title = fresh.title
  shownRevision = fresh.body.dataset.revision
}

setTimeout(poll, POLL_MS)
