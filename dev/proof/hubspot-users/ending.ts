// The end of a story: what happened, what HubSpot has, and what onramp says.

import type { RecordView, Records } from 'hubspot-emulator/control'
import type { CustomerStatus } from '../../../api/contract/customer-status.ts'
import type { Happened, StoryCustomer } from './happened.ts'

export interface Ending {
  customers: StoryCustomer[]
  happened: Happened[]
  records: Records
  statuses: CustomerStatus[]
}

export function statusOf({ statuses }: Ending, customerId: string): CustomerStatus | undefined {
  return statuses.find((each) => each.customerId === customerId)
}

/** The records that HubSpot users have not deleted. */
export function active(records: RecordView[]): RecordView[] {
  return records.filter(({ archived }) => !archived)
}

export function contactsOf({ records }: Ending, customerId: string): RecordView[] {
  return active(records.contacts).filter((contact) => customerOn(contact) === customerId)
}

export function companiesOf(ending: Ending, organizationId: string): RecordView[] {
  return active(ending.records.companies).filter((company) => organizationOn(ending, company) === organizationId)
}

export function customerOn({ properties }: RecordView): string {
  return properties['onramp_customer_id'] ?? ''
}

/**
 * The name of a company is the id of its organization, and HubSpot users do not change it. A company that was re-created after
 * the idle time has only what the next event carried, so it may have a domain and no name.
 */
export function organizationOn({ customers }: Ending, { properties }: RecordView): string {
  const { name, domain } = properties
  const isOn = (each: StoryCustomer) => name === each.organizationId || (Boolean(domain) && domain === each.domain)
  return customers.find(isOn)?.organizationId ?? ''
}

export function isAssociated({ records }: Ending, contactId: string, companyId: string): boolean {
  return records.associations.some((each) => each.contactId === contactId && each.companyId === companyId)
}
