// Makes one call of the API, for tests that look at statuses and bodies.

export interface HubSpotResponse {
  status: number
  headers: Headers
  /** The parsed JSON; empty when the body is not JSON. */
  body: Record<string, unknown>
  text: string
}

export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token = 'any',
): Promise<HubSpotResponse> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parsed(text), text }
}

/** The definition of a custom unique property. */
export const uniqueKey = (type: 'contacts' | 'companies') => ({
  name: 'own_key',
  label: 'Key',
  type: 'string',
  fieldType: 'text',
  groupName: type === 'contacts' ? 'contactinformation' : 'companyinformation',
  hasUniqueValue: true,
})

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
