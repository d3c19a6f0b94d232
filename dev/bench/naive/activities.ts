// The three calls to HubSpot of the naive app. Temporal retries a call that fails.

export interface Customer {
  customerId: string
  email: string
  firstName: string
  lastName: string
  phone: string
  company: { name: string; domain?: string }
}

export async function createCompany({ name, domain }: Customer['company']): Promise<string> {
  const { id } = await call('POST', '/crm/v3/objects/companies', { properties: { name, domain } })
  return id
}

export async function createContact({ email, firstName, lastName, phone }: Customer): Promise<string> {
  const properties = { email, firstname: firstName, lastname: lastName, phone }
  const { id } = await call('POST', '/crm/v3/objects/contacts', { properties })
  return id
}

export async function associate(contactId: string, companyId: string): Promise<void> {
  await call('PUT', `/crm/v4/objects/contacts/${contactId}/associations/default/companies/${companyId}`)
}

async function call(method: string, path: string, body?: object): Promise<{ id: string }> {
  const headers = { authorization: 'Bearer naive', 'content-type': 'application/json' }
  const url = `${process.env['HUBSPOT_URL']}${path}`
  const response = await fetch(url, { method, headers, body: body ? JSON.stringify(body) : null })
  if (!response.ok) throw new Error(`HubSpot answered ${response.status}`)
  return (await response.json()) as { id: string }
}
