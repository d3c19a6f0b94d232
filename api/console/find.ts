// Finds a customer by the product's id, by an e-mail address or by HubSpot's id of the contact.

import { html } from 'hono/html'
import { EmailAddress } from '../../domain/events.ts'
import { CONTACT_ID_PATTERN, CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'
import type { ListedCustomer } from '../contract/customers.ts'
import { Problem } from '../problems/problem.ts'
import type { Onboardings } from '../temporal/onboardings.ts'
import { customerRows } from './customers.ts'
import type { Html } from './markup.ts'
import { plural } from './words.ts'

/**
 * Each customer to whom the text may belong. A number may be both an id of the product and one of HubSpot.
 *
 * @throws Problem 503
 */
export async function findCustomers(
  onboardings: Onboardings,
  text: string,
  answerBy: number,
): Promise<ListedCustomer[]> {
  const email = EmailAddress.safeParse(text)
  if (email.success) return await onboardings.find({ email: email.data }, answerBy)
  const known = CUSTOMER_ID_PATTERN.test(text) ? await knownCustomer(onboardings, text, answerBy) : []
  if (!CONTACT_ID_PATTERN.test(text)) return known
  const ofContact = await onboardings.find({ contactId: text }, answerBy).catch((error: unknown) => {
    // HubSpot does not say whose contact it is. The product's customer is found all the same.
    if (error instanceof Problem && known.length > 0) return []
    throw error
  })
  return [...known, ...ofContact.filter(({ customerId }) => customerId !== text)]
}

async function knownCustomer(
  onboardings: Onboardings,
  customerId: string,
  answerBy: number,
): Promise<ListedCustomer[]> {
  try {
    const { phase, parked } = await onboardings.status(customerId)
    return [{ customerId, phase, attention: [...new Set(parked.map(({ reason }) => reason))] }]
  } catch (error) {
    if (!isUnknown(error)) throw error
    return await customerInHubSpot(onboardings, customerId, answerBy)
  }
}

/** A customer whose runs Temporal has deleted, while HubSpot still has their contact. */
async function customerInHubSpot(
  onboardings: Onboardings,
  customerId: string,
  answerBy: number,
): Promise<ListedCustomer[]> {
  try {
    await onboardings.assertKnown(customerId, answerBy)
    return [{ customerId, phase: null, attention: [] }]
  } catch (error) {
    if (isUnknown(error)) return []
    throw error
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof Problem && error.code === 'unknown-customer'
}

/** The page for no customer, and for several. It does not repeat what was typed, which may be an address. */
export function foundPage(found: ListedCustomer[]): Html {
  if (found.length === 0) {
    return html`
      <h1>Nobody found</h1>
      <p class="card alone">
        Neither onramp nor HubSpot has a customer with this id or address. The search takes a customer id, a whole
        e-mail address or HubSpot’s id of a contact, and no names. A customer who has not reached HubSpot yet is found
        by the customer id, or in the <a href="/console/customers">list</a>.
      </p>
    `
  }
  const withRun = found.filter(({ phase }) => phase !== null)
  return html`
    <h1>${plural(found.length, 'customer')} found</h1>
    ${withRun.length === 0 ? '' : customerRows(withRun)} ${found.filter(({ phase }) => phase === null).map(withoutRun)}
  `
}

/** Without a run there is no page to link to. */
function withoutRun({ customerId }: ListedCustomer): Html {
  return html`<p class="message" data-testid="customer-${customerId}">
    HubSpot has the customer <strong>${customerId}</strong>. Temporal has no run of them any more, so there is no page.
    The next event of the product starts a new run. <code>npm run customer -- erase ${customerId}</code> erases them in
    HubSpot.
  </p>`
}
