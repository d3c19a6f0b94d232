// Finds a customer whose earlier run completed, by our own properties on the records.

import type { CustomerLookUp, LookUpOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { addressesOf } from './client/responses.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { keyOn, organizationIdIn } from './company-key.ts'
import { lookUpCompany, NO_LOOK_UP } from './company-look-up.ts'
import type { AdoptionPolicy } from './company-look-up.ts'
import { customerIdOn, idOfAnother } from './contact-customer.ts'
import { COMPANY_KEY, contactValuesOn, CUSTOMER_ID, LAST_EVENT_AT, timeOn, watermarkNote } from './properties.ts'
import { isOfThisRun, isOnlyClaimed, mustHaveAssociated } from './record-age.ts'

/**
 * The contact with the customer id, and the company whose key the contact keeps. HubSpot users may have associated the contact
 * with companies of other customers, so that its associations do not say which company is the customer's.
 * A new customer's company is looked for side by side with the contact. A customer whose contact an earlier attempt of this run has
 * written is new as well: the attempt died with its worker, and its steps are done again.
 *
 * @throws CrmRejection `contact-of-another-customer` when HubSpot takes the customer id for another one
 */
export async function findCustomer(
  hubspot: HubSpot,
  { customerId, company: draft, contact: run }: CustomerLookUp,
  adoption: AdoptionPolicy,
): Promise<LookUpOutcome> {
  const finding = hubspot.contacts.find(customerId, CUSTOMER_ID)
  const lookingUp = draft === null ? Promise.resolve(NO_LOOK_UP) : lookUpCompany(hubspot, draft, adoption)
  // A customer who is found already has a company, so the result of this search is not needed.
  lookingUp.catch(() => {})
  const contact = await finding
  if (!contact) return { outcome: 'new', ...(await lookingUp), correlationId: null }
  if (customerIdOn(contact) !== customerId) throw idOfAnother(contact)
  if (run && (isOnlyClaimed(contact) || isOfThisRun(contact, run)))
    return { outcome: 'new', ...(await lookingUp), correlationId: contact.correlationId }

  const key = contact.properties[COMPANY_KEY] ?? ''
  const [company, companies] = await Promise.all([
    key === '' ? null : companyWithKey(hubspot, key),
    hubspot.associations.companiesOf(contact.id),
  ])
  const note = watermarkNote(contact)
  return {
    outcome: 'found',
    contactId: contact.id,
    contactUrl: contact.url,
    companyId: company?.id ?? null,
    companyUrl: company?.url ?? null,
    companyKey: company && key,
    contactValues: contactValuesOn(contact),
    otherEmails: addressesOf(contact).slice(1).filter(Boolean),
    isAssociated: companies.some(({ companyId }) => companyId === company?.id),
    isAssociationOwn: company !== null && mustHaveAssociated(contact, company),
    organizationId: company && organizationIdIn(keyOn(company)),
    companyDomain: company?.properties['domain'] || null,
    companyName: company?.properties['name'] || null,
    lastEventAt: timeOn(contact, LAST_EVENT_AT),
    correlationId: contact.correlationId,
    ...(note !== null && { note }),
  }
}

async function companyWithKey(hubspot: HubSpot, key: string): Promise<HubSpotRecord | null> {
  const company = await hubspot.companies.find(key, COMPANY_KEY)
  return company?.properties[COMPANY_KEY] === key ? company : null
}
