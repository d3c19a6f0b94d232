// The way of one customer: the places behind them, the place where they are, and those ahead.

import type { Step } from '../../domain/onboarding.ts'
import type { Waiting } from '../../domain/onboarding-status.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import type { Html } from './markup.ts'
import { beside, scenario } from './picture.ts'
import type { Place, ScenarioPlace } from './picture.ts'

/** The places in the order of the way, and the steps that are done there. */
const WAY: { place: Exclude<ScenarioPlace, 'existing'>; title: string; steps: readonly Step[] }[] = [
  { place: 'register', title: 'Register', steps: ['lookup'] },
  { place: 'company', title: 'Company', steps: ['company'] },
  { place: 'contact', title: 'Contact', steps: ['contact'] },
  { place: 'association', title: 'Association', steps: ['association'] },
  { place: 'sync', title: 'Kept in sync', steps: ['company-update', 'contact-update'] },
]

const AT_PHASE = {
  'awaiting-registration': 0,
  company: 1,
  contact: 2,
  association: 3,
  onboarded: 4,
} as const

export function customerPicture(status: CustomerStatus): Html {
  const { phase } = status
  if (phase === 'erasing' || phase === 'erased') return erasurePicture(status)
  const here = AT_PHASE[phase]
  const places = Object.fromEntries(
    WAY.map(({ place, title, steps }, index) => [place, placeOf(status, { title, steps, place, index, here })]),
  ) as { [place in ScenarioPlace]: Place }
  const isPast = here > AT_PHASE.contact
  const way = status.hubspot.contactOutcome === 'existed' ? 'existing' : isPast ? 'direct' : 'either'
  return scenario('The way of this customer', { ...places, existing: existingContact(status, here) }, way)
}

/** Not when somebody has paused the activity, or when Temporal has ended its last attempt: then the message says all that is known. */
export function isRetried({ nextAttemptAt, answeredBy }: Waiting): boolean {
  return nextAttemptAt !== null || answeredBy !== 'temporal'
}

interface PlaceOnWay {
  place: Exclude<ScenarioPlace, 'existing'>
  title: string
  steps: readonly Step[]
  index: number
  here: number
}

function placeOf(status: CustomerStatus, { place, title, steps, index, here }: PlaceOnWay): Place {
  const isParked = status.parked.some(({ step }) => steps.includes(step))
  const waiting = status.waiting !== null && steps.includes(status.waiting.step) ? status.waiting : null
  if (isParked) return { title, mark: 'parked', tone: 'bad', note: 'an operator decides', state: 'here' }
  if (waiting !== null) {
    const note = isRetried(waiting) ? 'retried by itself' : 'the message below says why'
    return { title, mark: 'waits', tone: 'warn', note, state: 'here' }
  }
  if (index > here) return { title, mark: '–', tone: 'plain', note: 'not yet', state: 'ahead' }
  if (index === here && place !== 'sync') {
    const note = place === 'register' ? 'updates came first' : 'the customer is here'
    return { title, mark: place === 'register' ? 'awaited' : 'under way', tone: 'busy', note, state: 'here' }
  }
  return { title, ...outcomeOf(place, status), tone: 'good', state: place === 'sync' ? 'here' : 'done' }
}

function outcomeOf(place: PlaceOnWay['place'], { hubspot, fields }: CustomerStatus): { mark: string; note: string } {
  switch (place) {
    case 'register':
      return { mark: '✓ registered', note: 'by the product' }
    case 'company':
      return { mark: `✓ ${hubspot.companyOutcome ?? 'found'}`, note: `company ${hubspot.companyId ?? '–'}` }
    case 'contact':
      // An existing contact is a place of its own.
      return hubspot.contactOutcome === 'existed'
        ? { mark: '✓ 409', note: 'the address was taken' }
        : { mark: `✓ ${hubspot.contactOutcome ?? 'found'}`, note: `contact ${hubspot.contactId ?? '–'}` }
    case 'association':
      return { mark: '✓ associated', note: 'contact with company' }
    case 'sync': {
      const pending = Object.values(fields).filter(({ state }) => state === 'pending').length
      return pending === 0
        ? { mark: '✓ in sync', note: 'nothing left to write' }
        : { mark: 'writing', note: `${pending} ${pending === 1 ? 'field' : 'fields'} to write` }
    }
  }
}

function existingContact({ hubspot }: CustomerStatus, here: number): Place {
  const title = 'Existing contact'
  if (hubspot.contactOutcome === 'existed')
    return { title, mark: '✓ claimed', tone: 'good', note: `contact ${hubspot.contactId ?? '–'}`, state: 'done' }
  const note = here > AT_PHASE.contact ? 'not needed' : 'only if the address is taken'
  return { title, mark: '–', tone: 'plain', note, state: 'not-taken' }
}

/** An erasure is no step of the way, and nothing of the way is left. */
function erasurePicture({ phase, parked, waiting }: CustomerStatus): Html {
  const isDone = phase === 'erased'
  const erasure: Place = {
    title: 'Erasure',
    mark: parked.length > 0 ? 'parked' : waiting === null ? (isDone ? '✓ erased' : 'under way') : 'waits',
    tone: parked.length > 0 ? 'bad' : waiting === null ? (isDone ? 'good' : 'busy') : 'warn',
    note: isDone
      ? 'nothing personal is left here; later events change nothing'
      : 'in HubSpot, then in Temporal’s histories',
    state: 'here',
  }
  return beside('The erasure of this customer', [erasure])
}
