// One call of the emulator as any client would make it, for tests that look at statuses and bodies.

export interface HubSpotAnswer {
  status: number
  headers: Headers
  /** Parsed when it is JSON, otherwise the text itself. */
  body: Record<string, unknown>
  text: string
}

export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token = 'any',
): Promise<HubSpotAnswer> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parsed(text), text }
}

/** An own property that tells records apart. */
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
