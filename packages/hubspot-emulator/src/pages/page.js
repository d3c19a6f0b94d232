// Keeps the page up to date: asks whether something has changed, and then exchanges its main part without losing one's place.

const LOOK_EVERY_MS = 1000

let seen = document.body.dataset.revision

async function look() {
  const status = document.querySelector('.live')
  try {
    const revisions = await (await fetch('/__emulator/revision')).json()
    if (revisions[document.body.dataset.watches] !== seen && !isBusy()) await exchange()
    status.textContent = 'live'
    document.body.classList.remove('away')
  } catch {
    status.textContent = 'the emulator does not answer'
    document.body.classList.add('away')
  }
  setTimeout(look, LOOK_EVERY_MS)
}

/** Somebody types into a form, or marks a text to copy it. */
function isBusy() {
  const typing =
    document.activeElement?.matches('input, select') && document.querySelector('main').contains(document.activeElement)
  return typing || String(getSelection()) !== ''
}

async function exchange() {
  const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html')
  const open = new Set([...document.querySelectorAll('details[open]')].map((details) => details.id))
  for (const details of fresh.querySelectorAll('details')) details.open = open.has(details.id)
  document.querySelector('main').replaceChildren(...fresh.querySelector('main').childNodes)
  document.title = fresh.title
  seen = fresh.body.dataset.revision
}

setTimeout(look, LOOK_EVERY_MS)
