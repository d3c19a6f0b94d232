// The kinds of call that can share a request with others of their kind.

import { COMPANY_DOMAIN, COMPANY_KEY, COMPANY_READ, CONTACT_READ, CUSTOMER_ID } from '../../properties.ts'
import type { Sdk } from '../sdk.ts'
import { associationBatches } from './associations.ts'
import { companySearch } from './company-search.ts'
import { recordBatches } from './records.ts'

export function createBatches({ contacts, companies, associations }: Sdk) {
  return {
    contacts: recordBatches({ ...contacts, object: 'contact', read: CONTACT_READ, unique: ['email', CUSTOMER_ID] }),
    companies: recordBatches({
      ...companies,
      object: 'company',
      read: COMPANY_READ,
      unique: [COMPANY_KEY, COMPANY_DOMAIN],
    }),
    companySearch: companySearch(companies.search),
    associations: associationBatches(associations),
  }
}
