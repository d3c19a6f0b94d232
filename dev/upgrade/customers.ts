// The customers of an upgrade: one or more for each place where a customer can be when the release changes.

import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { onboardingId } from '../../domain/ids.ts'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { ask, sendTo, statusOf } from '../proof/stack.ts'
import type { Installation } from './installation.ts'

type Kind =
  | 'idle'
  | 'updated in the outage'
  | 'registered in the outage'
  | 'parked'
  | 'awaiting'
  | 'completed'
  | 'erased'

export interface Customer {
  customerId: string
  kind: Kind
}

/** How many of each kind. */
const KINDS: Record<Kind, number> = {
  idle: 2,
  'updated in the outage': 2,
  'registered in the outage': 3,
  parked: 1,
  awaiting: 1,
  completed: 1,
  erased: 1,
}

/** The API names what a customer waits for as `waiting`. */
type AnsweredStatus = OnboardingStatus & { waiting: object | null }

// On a busy machine each step may take many seconds.
const TIME_LIMIT_MS = 240_000
const POLL_EVERY_MS = 250

export function customersOf(name: string): Customer[] {
  return (Object.entries(KINDS) as [Kind, number][]).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => ({
      customerId: `cus_${name}_${kind.replaceAll(' ', '-')}_${index}`,
      kind,
    })),
  )
}

export async function register({ stack }: Installation, customerId: string): Promise<void> {
  const company = { id: `org_${customerId}`, name: `Company of ${customerId}` }
  const data = { customerId, email: `${customerId}@people.example`, firstName: 'Ada', phone: '0', company }
  await sendTo(stack, { type: 'customer.registered', data })
}

export async function update({ stack }: Installation, customerId: string, phone: string): Promise<void> {
  await sendTo(stack, { type: 'customer.updated', data: { customerId, phone } })
}

/** Brings each customer to the place where the new release finds them. It ends in an outage of HubSpot. */
export async function prepare(
  installation: Installation,
  customers: Customer[],
  portal: EmulatorControl,
): Promise<void> {
  const of = (...kinds: Kind[]) => customers.filter(({ kind }) => kinds.includes(kind))
  for (const { customerId } of of('idle', 'updated in the outage', 'erased')) await register(installation, customerId)
  for (const { customerId } of of('idle', 'updated in the outage', 'erased')) {
    await until(installation, customerId, 'onboarded', ({ phase }) => phase === 'onboarded')
  }
  for (const { customerId } of of('erased')) {
    await sendTo(installation.stack, { type: 'customer.erased', data: { customerId } })
    await until(installation, customerId, 'erased', ({ phase }) => phase === 'erased')
  }
  for (const { customerId } of of('awaiting')) {
    await update(installation, customerId, '1')
    await until(installation, customerId, 'awaiting', ({ phase }) => phase === 'awaiting-registration')
  }
  for (const { customerId } of of('parked')) {
    await portal.fault({ method: 'POST', path: '/contacts$', effect: { kind: 'status', status: 400 } })
    await register(installation, customerId)
    await until(installation, customerId, 'parked', ({ parked }) => parked.length > 0)
  }
  await portal.fault({ times: null, effect: { kind: 'status', status: 503 } })
  for (const { customerId } of of('registered in the outage')) await register(installation, customerId)
  for (const { customerId } of of('updated in the outage')) await update(installation, customerId, '1')
  for (const { customerId } of of('registered in the outage', 'updated in the outage')) {
    await until(installation, customerId, 'waiting', ({ waiting }) => waiting !== null)
  }
}

/** Registers customers who complete (idle), with an API that has a short idle time. */
export async function complete(installation: Installation, customers: Customer[]): Promise<void> {
  for (const { customerId, kind } of customers) {
    if (kind !== 'completed') continue
    await register(installation, customerId)
    const workflow = installation.client.workflow.getHandle(onboardingId(customerId))
    const isCompleted = async () => (await workflow.describe()).status.name === 'COMPLETED'
    if (!(await within(isCompleted))) throw new Error(`${customerId} has not completed (idle).`)
  }
}

/** Waits until HubSpot has each customer with this phone number; returns a sentence for each one that is not right in the end. */
export async function wrongAfter(portal: EmulatorControl, customers: Customer[], phone: string): Promise<string[]> {
  let wrong: string[] = []
  await within(async () => {
    const records = await portal.records()
    wrong = customers.flatMap((customer) => wrongWith(records, customer, phone))
    return wrong.length === 0
  })
  return wrong
}

function wrongWith(
  records: Awaited<ReturnType<EmulatorControl['records']>>,
  { customerId, kind }: Customer,
  phone: string,
): string[] {
  const contacts = records.contacts.filter(
    ({ properties, archived }) => !archived && properties['email'] === `${customerId}@people.example`,
  )
  const companies = records.companies.filter(
    ({ properties, archived }) => !archived && properties['onramp_company_key'] === `id:org_${customerId}`,
  )
  if (kind === 'erased') return contacts.length === 0 ? [] : [`${customerId} is erased, and HubSpot has the contact.`]
  const [contact] = contacts
  const associations = records.associations.filter(({ contactId }) => contactId === contact?.id)
  const counts = [contacts.length, companies.length, associations.length]
  const value = contact?.properties['phone']
  return [
    ...(counts.every((count) => count === 1)
      ? []
      : [`${customerId} has ${counts[0]} contacts, ${counts[1]} companies and ${counts[2]} associations.`]),
    ...(value === phone ? [] : [`${customerId} has the phone number ${value ?? 'of nobody'} instead of ${phone}.`]),
  ]
}

/** A sentence for each customer whose status the API does not answer with 200. */
export async function unanswered({ stack }: Installation, customers: Customer[]): Promise<string[]> {
  const answers = customers.map(async ({ customerId }) => {
    let latest = ''
    const isAnswered = await within(async () => {
      const response = await ask(stack, 'GET', `/v1/customers/${customerId}`)
      latest = `${response.status} ${await response.text()}`
      return response.ok
    }, 20_000)
    return isAnswered ? [] : [`The status of ${customerId} is answered ${latest}`]
  })
  return (await Promise.all(answers)).flat()
}

async function until(
  { stack }: Installation,
  customerId: string,
  name: string,
  isMet: (status: AnsweredStatus) => boolean,
): Promise<void> {
  let latest: AnsweredStatus | null = null
  const isThere = await within(async () => {
    latest = (await statusOf(stack, customerId)) as AnsweredStatus | null
    return latest !== null && isMet(latest)
  })
  if (!isThere) throw new Error(`${customerId} is not ${name}: ${JSON.stringify(latest)}`)
}

export async function within(condition: () => Promise<boolean>, ms = TIME_LIMIT_MS): Promise<boolean> {
  for (const deadline = Date.now() + ms; ; await sleep(POLL_EVERY_MS)) {
    if (await condition()) return true
    if (Date.now() > deadline) return false
  }
}
