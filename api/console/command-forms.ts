// The forms of the commands on a customer's page: resume, correct, resync, erase, lift the erasure. Read-only tokens get none.

import { html } from 'hono/html'
import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { Field } from '../../domain/fields.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import { correctionInput, fieldsToCorrect } from './correction-inputs.ts'
import type { Attempt } from './corrections.ts'
import type { Html } from './markup.ts'
import { customerPath, plural } from './words.ts'

const NO_ATTEMPT: Attempt = { typed: {}, errors: [] }

/** @param attempt a correction that was rejected */
export function commandForms(status: CustomerStatus, attempt: Attempt = NO_ATTEMPT): Html {
  const { customerId, phase, parked } = status
  const path = customerPath(customerId)
  if (phase === 'erased' || phase === 'erasing') return phase === 'erased' ? liftErasure(path) : html``
  return html`
    ${parked.length === 0 ? '' : resume(path)} ${correct(path, status, attempt)} ${resync(path, status)}
    ${erase(path, customerId)}
  `
}

function resume(path: string): Html {
  return html`<section class="card" aria-labelledby="resume-title">
    <h2 id="resume-title">Resume</h2>
    <p>onramp tries again what is parked, with the values that it has.</p>
    <form method="post" action="${path}/resume">
      <button type="submit" data-testid="resume">Resume</button>
    </form>
  </section>`
}

/** The rejected fields come first; the others are behind a click. */
function correct(path: string, { parked }: CustomerStatus, attempt: Attempt): Html {
  const isParked = parked.length > 0
  const toCorrect = fieldsToCorrect(parked)
  const rejected = FIELD_NAMES.filter((field) => toCorrect.includes(field) || attempt.typed[field] !== undefined)
  const others = FIELD_NAMES.filter((field) => !rejected.includes(field))
  const inputs = (fields: Field[]) => fields.map((field) => correctionInput(field, { prefix: 'correct', attempt }))
  const general = attempt.errors.filter(({ path: of }) => of === '')
  return html`<section class="card" aria-labelledby="correct-title">
    <h2 id="correct-title">Correct</h2>
    <p>
      A correction counts as newer than every value before it.
      ${isParked ? 'What is parked is tried again with it.' : ''} The product does not learn of it: correct it there as
      well.
    </p>
    <form method="post" action="${path}/correct">
      ${general.map(({ message }) => html`<p class="message message-bad" role="alert">The correction ${message}.</p>`)}
      ${inputs(rejected)}
      ${
        others.length === 0
          ? ''
          : html`<details ${general.length > 0 || (isParked && rejected.length === 0) ? 'open' : ''}>
              <summary>${rejected.length === 0 ? 'Fields' : 'Other fields'}</summary>
              ${inputs(others)}
            </details>`
      }
      <button type="submit" data-testid="correct-and-resume">${isParked ? 'Correct and resume' : 'Correct'}</button>
    </form>
  </section>`
}

function resync(path: string, { fields }: CustomerStatus): Html {
  const written = FIELD_NAMES.filter((field) => fields[field] !== undefined && fields[field].state !== 'skipped')
  if (written.length === 0) return html``
  return html`<section class="card" aria-labelledby="resync-title">
    <h2 id="resync-title">Resync</h2>
    <details>
      <summary>Write everything again</summary>
      <p>
        onramp writes ${written.map((field) => FIELDS[field].label).join(', ')} again, over what HubSpot users changed.
        Newer values of other customers of the company stay, and so do those of HubSpot users that the settings protect.
      </p>
      <form method="post" action="${path}/resync">
        <button type="submit" class="secondary" data-testid="resync">
          Overwrite ${plural(written.length, 'field')}
        </button>
      </form>
    </details>
  </section>`
}

function erase(path: string, customerId: string): Html {
  return html`<section class="card" aria-labelledby="erase-title">
    <h2 id="erase-title">Erase</h2>
    <details>
      <summary>Erase for good</summary>
      <p>
        onramp erases the contact in HubSpot and everything that it keeps itself. Later events about this customer
        change nothing. It cannot be undone.
      </p>
      <form method="post" action="${path}/erase">
        <label>
          Type the customer id <code>${customerId}</code>
          <input name="confirmation" required autocomplete="off" data-testid="erase-confirmation" />
        </label>
        <button type="submit" class="danger" data-testid="erase">Erase</button>
      </form>
    </details>
  </section>`
}

function liftErasure(path: string): Html {
  return html`<section class="card" aria-labelledby="lift-title">
    <h2 id="lift-title">Lift the erasure</h2>
    <details>
      <summary>Let later events count again</summary>
      <p>
        For a customer who comes back. What was erased stays erased: the next event starts the customer from the
        beginning.
      </p>
      <form method="post" action="${path}/lift-erasure">
        <button type="submit" class="secondary" data-testid="lift-erasure">Lift the erasure</button>
      </form>
    </details>
  </section>`
}
