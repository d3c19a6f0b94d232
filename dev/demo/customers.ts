// The ten customers of `npm run demo`: their registrations, and the records that HubSpot must have in the end.

export interface DemoCustomer {
  customerId: string
  /** The data of the product's registration event. */
  registration: {
    email: string
    firstName: string
    lastName: string
    phone?: string
    company: { id: string; name: string; domain?: string }
  }
  /** The properties of a contact that a HubSpot user created before; absent when there is none. */
  existingContact?: Record<string, string>
  /** The properties that the contact and the company must have in the end. */
  expected: { contact: Record<string, string>; company: Record<string, string> }
}

const ANALYTICAL_ENGINES = { id: 'org_1', name: 'Analytical Engines', domain: 'analytical.example' }
const ANALYTICAL_ENGINES_AFTER_UPDATE = { name: 'Analytical Engines International', domain: 'analytical.example' }

export const CUSTOMERS: DemoCustomer[] = [
  {
    customerId: 'cus_1',
    registration: {
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      phone: '+44 20 7946 0000',
      company: ANALYTICAL_ENGINES,
    },
    // These values include those of DEMO_UPDATE.
    expected: {
      contact: { email: 'ada@example.com', firstname: 'Ada', lastname: 'Lovelace', phone: '+44 20 7946 0999' },
      company: ANALYTICAL_ENGINES_AFTER_UPDATE,
    },
  },
  {
    customerId: 'cus_2',
    registration: {
      email: 'grace@example.com',
      firstName: 'Grace',
      lastName: 'Hopper',
      phone: '+1 202 555 0102',
      company: { id: 'org_2', name: 'Compilers & Co', domain: 'compilers.example' },
    },
    // onramp keeps the values of HubSpot users, and fills in the empty ones.
    existingContact: { email: 'grace@example.com', firstname: 'Rear Admiral Grace' },
    expected: {
      contact: {
        email: 'grace@example.com',
        firstname: 'Rear Admiral Grace',
        lastname: 'Hopper',
        phone: '+1 202 555 0102',
      },
      company: { name: 'Compilers & Co', domain: 'compilers.example' },
    },
  },
  newCustomer('cus_3', 'Alan', 'Turing', { id: 'org_3', name: 'Halting Problems', domain: 'halting.example' }),
  newCustomer('cus_4', 'Katherine', 'Johnson', { id: 'org_4', name: 'Orbital Mechanics', domain: 'orbital.example' }),
  {
    ...newCustomer('cus_5', 'Radia', 'Perlman', { id: 'org_5', name: 'Spanning Trees', domain: 'trees.example' }),
    existingContact: { email: 'radia@example.com' },
  },
  newCustomer('cus_6', 'Edsger', 'Dijkstra', { id: 'org_6', name: 'Shortest Paths', domain: 'paths.example' }),
  newCustomer('cus_7', 'Barbara', 'Liskov', { id: 'org_7', name: 'Substitutions', domain: 'substitutions.example' }),
  newCustomer('cus_8', 'Margaret', 'Hamilton', { id: 'org_8', name: 'Guidance Systems', domain: 'guidance.example' }),
  newCustomer('cus_9', 'Donald', 'Knuth', { id: 'org_9', name: 'Literate Press' }),
  // A second customer of Ada's organization. Both customers must have the same company in HubSpot.
  {
    ...newCustomer('cus_10', 'Charles', 'Babbage', ANALYTICAL_ENGINES),
    expected: {
      contact: { email: 'charles@example.com', firstname: 'Charles', lastname: 'Babbage' },
      company: ANALYTICAL_ENGINES_AFTER_UPDATE,
    },
  },
]

/** The update that one customer gets after all customers are onboarded. */
export const DEMO_UPDATE = {
  customerId: 'cus_1',
  phone: '+44 20 7946 0999',
  company: { name: 'Analytical Engines International' },
}

function newCustomer(
  customerId: string,
  firstName: string,
  lastName: string,
  company: DemoCustomer['registration']['company'],
): DemoCustomer {
  const email = `${firstName.toLowerCase()}@example.com`
  const { id: _, ...properties } = company
  return {
    customerId,
    registration: { email, firstName, lastName, company },
    expected: { contact: { email, firstname: firstName, lastname: lastName }, company: properties },
  }
}
