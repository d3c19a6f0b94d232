// The customers of the pictures: most are onboarded, some are parked, some wait for HubSpot.

import { setTimeout as sleep } from 'node:timers/promises'
import { EmulatorControl } from 'hubspot-emulator/control'
import type { CustomerStatus } from '../../api/contract/customer-status.ts'
import { CUSTOMERS, DEMO_UPDATE } from '../demo/customers.ts'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { ask, sendTo } from '../proof/stack.ts'
import { ONBOARDED, SAME_ADDRESS, SHOWN, TAKEN_ADDRESS, WAITING, WITHOUT_PHONE } from './customers.ts'
import type { PicturedCustomer } from './customers.ts'

const TIME_LIMIT_MS = 120_000
const POLL_EVERY_MS = 250

/** Sends events until customers are in all these states, and returns when onramp's lists show them. */
export async function sendTraffic(stack: ThrowAwayStack): Promise<void> {
  const portal = new EmulatorControl(stack.emulatorUrl)
  // HubSpot's usual limits, so that the console shows what is left of them, and about the time of its calls.
  await portal.settings({ enforceLimits: true, latencyMs: 60, latencySpreadMs: 60 })
  const contacts = CUSTOMERS.flatMap(({ existingContact }) => (existingContact ? [existingContact] : []))
  await portal.seed({ contacts: [...contacts, { email: TAKEN_ADDRESS }].map((properties) => ({ properties })) })

  for (const customer of ONBOARDED) await register(stack, customer)
  for (const { customerId } of ONBOARDED) await until(stack, customerId, ({ phase }) => phase === 'onboarded')

  await sendTo(stack, { type: 'customer.updated', data: DEMO_UPDATE })
  await park(stack, portal)
  await update(stack, 'cus_301', { phone: '+44 20 7946 0301' })
  await wait(stack, portal)
}

/** Waits until a customer's step has been tried so often. */
export async function hasBeenTried(stack: ThrowAwayStack, customerId: string, attempts: number): Promise<void> {
  await until(stack, customerId, ({ waiting }) => (waiting?.attempts ?? 0) >= attempts)
}

/** Parks customers for three reasons, as HubSpot does it, without a fault. */
async function park(stack: ThrowAwayStack, portal: EmulatorControl): Promise<void> {
  await update(stack, SHOWN.parked, { email: TAKEN_ADDRESS, phone: '+1 202 555 0177' })
  await register(stack, SAME_ADDRESS)
  for (const customerId of [SHOWN.parked, SAME_ADDRESS.customerId]) await isParked(stack, customerId)
  // The portal's administrator requires a phone number, and none of these customers has one.
  await portal.settings({ requiredContactProperties: ['phone'] })
  for (const customer of WITHOUT_PHONE) await register(stack, customer)
  for (const { customerId } of WITHOUT_PHONE) await isParked(stack, customerId)
  await portal.settings({ requiredContactProperties: [] })

  await sendTo(stack, { type: 'customer.erased', data: { customerId: 'cus_8' } })
  await until(stack, 'cus_8', ({ phase }) => phase === 'erased')
}

/** HubSpot creates no contact from now on, so that two customers wait. */
async function wait(stack: ThrowAwayStack, portal: EmulatorControl): Promise<void> {
  const unavailable = { times: null, effect: { kind: 'status', status: 503 } } as const
  await portal.fault({ ...unavailable, method: 'POST', path: '/contacts$' })
  for (const customer of WAITING) await register(stack, customer)
  for (const { customerId } of WAITING)
    await poll(
      `${customerId} is not listed as waiting.`,
      async () => await isListed(stack, 'waiting=contact', customerId),
    )
}

async function isListed(stack: ThrowAwayStack, query: string, customerId: string): Promise<boolean> {
  const response = await ask(stack, 'GET', `/v1/customers?${query}`)
  const { customers } = (await response.json()) as { customers: { customerId: string }[] }
  return customers.some((customer) => customer.customerId === customerId)
}

async function register(stack: ThrowAwayStack, { customerId, registration }: PicturedCustomer): Promise<void> {
  await sendTo(stack, { type: 'customer.registered', data: { customerId, ...registration } })
}

async function update(stack: ThrowAwayStack, customerId: string, values: object): Promise<void> {
  await sendTo(stack, { type: 'customer.updated', data: { customerId, ...values } })
}

async function isParked(stack: ThrowAwayStack, customerId: string): Promise<void> {
  await until(stack, customerId, ({ attention }) => attention !== null)
}

async function until(
  stack: ThrowAwayStack,
  customerId: string,
  condition: (status: CustomerStatus) => boolean,
): Promise<void> {
  await poll(`${customerId} is not as expected.`, async () => {
    const response = await ask(stack, 'GET', `/v1/customers/${customerId}`)
    return response.ok && condition((await response.json()) as CustomerStatus)
  })
}

/** @throws Error with this message when the condition does not become true in time */
async function poll(message: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIME_LIMIT_MS
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(message)
    await sleep(POLL_EVERY_MS)
  }
}
