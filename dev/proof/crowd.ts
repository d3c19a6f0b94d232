// Many customers who register at once, each with a company of their own, and what HubSpot has of them.

import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorControl, Measurements } from 'hubspot-emulator/control'

const POLL_EVERY_MS = 200

const SENDERS = 16

/** Registers all customers, as fast as their events are accepted. */
export async function registerCrowd(
  send: (event: { type: string; data: Record<string, unknown> }) => Promise<void>,
  name: string,
  customers: number,
): Promise<void> {
  const left = Array.from({ length: customers }, (_, index) => registrationOf(name, index)).values()
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (const registration of left) await send(registration)
    }),
  )
}

function registrationOf(name: string, index: number) {
  const customerId = `cus_${name}_${index}`
  const company = { id: `org_${name}_${index}`, name: `Company ${index} of ${name}` }
  return {
    type: 'customer.registered',
    data: { customerId, email: `${customerId}@people.example`, firstName: 'Ada', phone: String(index), company },
  }
}

/** Waits until so many more contacts are associated, or until the time is over. */
export async function awaitAssociated(
  portal: EmulatorControl,
  before: Measurements,
  count: number,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const { associatedContacts } = await portal.measurements()
    if (associatedContacts - before.associatedContacts >= count || Date.now() > deadline) return
    await sleep(POLL_EVERY_MS)
  }
}

/** `lost`: customers without a contact that is associated with their company. `doubled`: records and associations beyond one each. */
export async function onboardedAmong(
  portal: EmulatorControl,
  name: string,
  customers: number,
): Promise<{ lost: number; doubled: number }> {
  const { contacts, companies, associations } = await portal.records()
  const contactsOf = Map.groupBy(contacts, ({ properties }) => properties['onramp_customer_id'])
  const companiesOf = Map.groupBy(companies, ({ properties }) => properties['onramp_company_key'])
  const pairs = new Set(associations.map(({ contactId, companyId }) => `${contactId} ${companyId}`))
  let [lost, records] = [0, 0]
  for (let index = 0; index < customers; index += 1) {
    const own = contactsOf.get(`cus_${name}_${index}`) ?? []
    const ownCompanies = companiesOf.get(`id:org_${name}_${index}`) ?? []
    const isRight = own.some((contact) =>
      ownCompanies.some(({ id }) => pairs.has(`${contact.id} ${id}`) && contact.properties['phone'] === String(index)),
    )
    if (!isRight) lost += 1
    records += Math.max(0, own.length - 1) + Math.max(0, ownCompanies.length - 1)
  }
  const ids = new Set(
    contacts.filter(({ properties }) => isOf(name, properties['onramp_customer_id'])).map(({ id }) => id),
  )
  const made = associations.filter(({ contactId }) => ids.has(contactId)).length
  return { lost, doubled: records + Math.max(0, made - ids.size) }
}

function isOf(name: string, customerId: string | undefined): boolean {
  return customerId?.startsWith(`cus_${name}_`) ?? false
}
