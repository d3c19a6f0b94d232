// HubSpot's own body for each status with which it refuses as a whole, rather than because of what was sent.

import { HTML_TYPE, type Answer } from './answer.ts'
import { validation } from './errors.ts'
import { Refusal, refusalBody } from './refusal.ts'

export type LimitPolicy = 'SECONDLY' | 'TEN_SECONDLY_ROLLING' | 'DAILY'

export function answerForStatus(status: number, correlationId: string, policy?: LimitPolicy): Answer {
  // [D] The edge in front of HubSpot answers these itself.
  if (status === 502 || status === 504 || (status >= 520 && status <= 526)) return edgePage(status)
  const refusal = status === 429 ? overLimit(policy ?? 'TEN_SECONDLY_ROLLING') : refusalFor(status)
  return { status, body: refusalBody(refusal, correlationId) }
}

/** An HTML page, as the edge writes it; its exact text is nobody's contract [I]. */
export function edgePage(status: number): Answer {
  const title = `${status}: ${EDGE_TEXTS[status] ?? 'Error'}`
  const text = `<!DOCTYPE html>\n<html lang="en-US">\n<head><title>api.hubapi.com | ${title}</title></head>\n<body><h1>Error ${title}</h1></body>\n</html>\n`
  return { status, text, contentType: HTML_TYPE }
}

const EDGE_TEXTS: Record<number, string> = {
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway time-out',
  520: 'Web server is returning an unknown error',
  521: 'Web server is down',
  522: 'Connection timed out',
  523: 'Origin is unreachable',
  524: 'A timeout occurred',
  525: 'SSL handshake failed',
  526: 'Invalid SSL certificate',
}

/** [R] HubSpot's servers answer so when a client names no type that it wants. */
export function notFoundPage(): Answer {
  const text =
    '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>\n<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404</h2>\n</body>\n</html>\n'
  return { status: 404, text, contentType: 'text/html;charset=iso-8859-1' }
}

// [D]
const SCOPES_PAGE = 'https://developers.hubspot.com/scopes'

/** [D][R] */
export function missingScopes(scopes: readonly string[]): Refusal {
  return new Refusal(403, {
    message: `This app hasn't been granted all required scopes to make this call. Read more about required scopes here: ${SCOPES_PAGE}.`,
    errors: [
      {
        message: 'One or more of the following scopes are required.',
        context: { requiredGranularScopes: [...scopes] },
      },
    ],
    links: { scopes: SCOPES_PAGE },
    category: 'MISSING_SCOPES',
  })
}

/** No `category` here, and the policy in plain words [D][R]. */
export function overLimit(policy: LimitPolicy, groupName?: string, headers: Record<string, string> = {}): Refusal {
  const detail = {
    message: `You have reached your ${policy.toLowerCase()} limit.`,
    errorType: 'RATE_LIMIT',
    policyName: policy,
    ...(groupName === undefined ? {} : { groupName }),
  }
  return new Refusal(429, detail, headers)
}

/** [R] */
export const credentialsNotFound = (): Refusal =>
  new Refusal(401, {
    message:
      'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
    category: 'INVALID_AUTHENTICATION',
  })

function refusalFor(status: number): Refusal {
  switch (status) {
    case 400:
      return validation('The request was refused.')
    case 401:
      return credentialsNotFound()
    case 403:
      return missingScopes(['crm.objects.contacts.write'])
    case 404:
      return new Refusal(404, { message: 'resource not found' })
    case 409:
      return new Refusal(409, { message: 'Contact already exists', category: 'CONFLICT' })
    // [I] The bodies of these were never seen.
    case 423:
      return new Refusal(423, { message: 'The resource is locked. Please retry later.' })
    case 477:
      return new Refusal(477, { message: 'This account is being migrated. Please retry later.' })
    case 500:
      return new Refusal(500, { message: 'internal error' })
    case 503:
      return new Refusal(503, { message: 'Service unavailable' })
    default:
      return new Refusal(status, { message: `HTTP ${status}` })
  }
}
