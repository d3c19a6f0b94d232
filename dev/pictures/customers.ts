// The customers of the pictures.

import { CUSTOMERS } from '../demo/customers.ts'

export interface PicturedCustomer {
  customerId: string
  /** The data of the product's registration event. */
  registration: object
}

/** The customers whom the pictures show. */
export const SHOWN = {
  /** Onboarded without trouble. */
  onboarded: 'cus_3',
  /** HubSpot had the contact; a later change of the e-mail address is parked. */
  parked: 'cus_2',
  /** HubSpot answers 503 to the creation of the contact. */
  waiting: 'cus_201',
}

const FIRST_NAMES = ['Amina', 'Bruno', 'Chiara', 'Daniel', 'Elif', 'Farah', 'Gustav', 'Hana', 'Ivan', 'Julia', 'Kofi']
const LAST_NAMES = ['Almeida', 'Berg', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Greco', 'Haddad', 'Ito', 'Jansen']
const COMPANIES = ['Northwind Bikes', 'Harbour Foods', 'Alpine Optics', 'Sunrise Travel', 'Granite Works', 'Blue Kiosk']

/** The customers of the demo, and a crowd. */
export const ONBOARDED: PicturedCustomer[] = [...CUSTOMERS, ...crowd()]

/** A contact of HubSpot users has the address. */
export const TAKEN_ADDRESS = 'grace.hopper@example.com'

/** Has the address of another customer. */
export const SAME_ADDRESS: PicturedCustomer = { customerId: 'cus_121', registration: CUSTOMERS[4]!.registration }

export const WITHOUT_PHONE: PicturedCustomer[] = [
  { customerId: 'cus_122', registration: registrationOf('Sofia', 'Kovalevskaya', 'Partial Equations', 'org_122') },
  { customerId: 'cus_123', registration: registrationOf('Emmy', 'Noether', 'Invariants', 'org_123') },
]

export const WAITING: PicturedCustomer[] = [
  { customerId: SHOWN.waiting, registration: registrationOf('Mary', 'Somerville', 'Celestial Mechanics', 'org_201') },
  { customerId: 'cus_202', registration: registrationOf('Caroline', 'Herschel', 'Comet Catalogues', 'org_202') },
]

function crowd(): PicturedCustomer[] {
  return FIRST_NAMES.flatMap((firstName, row) =>
    LAST_NAMES.map((lastName, column) => {
      const index = row * LAST_NAMES.length + column
      const company = index % COMPANIES.length
      const registration = registrationOf(firstName, lastName, COMPANIES[company]!, `org_${101 + company}`)
      return { customerId: `cus_${11 + index}`, registration }
    }),
  )
}

function registrationOf(firstName: string, lastName: string, company: string, companyId: string): object {
  const domain = `${company.toLowerCase().replaceAll(' ', '-')}.example`
  const email = `${firstName}.${lastName}@${domain}`.toLowerCase()
  return { email, firstName, lastName, company: { id: companyId, name: company, domain } }
}
