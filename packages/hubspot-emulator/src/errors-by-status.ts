// HubSpot's response bodies for errors that the request itself did not cause: token, scopes, limits, outages.

import { HTML_TYPE, type ApiResponse } from './api-response.ts'
import { validation } from './errors.ts'
import { ApiError, errorBody } from './api-error.ts'

export type LimitPolicy = 'SECONDLY' | 'TEN_SECONDLY_ROLLING' | 'DAILY'

export function responseForStatus(status: number, correlationId: string, policy?: LimitPolicy): ApiResponse {
  // [D] The edge in front of HubSpot sends the responses with these statuses.
  if (status === 502 || status === 504 || (status >= 520 && status <= 526)) return edgePage(status)
  const error = status === 429 ? overLimit(policy ?? 'TEN_SECONDLY_ROLLING') : errorForStatus(status)
  return { status, body: errorBody(error, correlationId) }
}

/** An HTML page, as the edge sends it. No client may rely on its exact text [I]. */
export function edgePage(status: number): ApiResponse {
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

/** [R] HubSpot's 404 for a client that accepts any content type. */
export function notFoundPage(): ApiResponse {
  const text =
    '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>\n<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404</h2>\n</body>\n</html>\n'
  return { status: 404, text, contentType: 'text/html;charset=iso-8859-1' }
}

// [D]
const SCOPES_PAGE = 'https://developers.hubspot.com/scopes'

/** [D][R] */
export function missingScopes(scopes: readonly string[]): ApiError {
  return new ApiError(403, {
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

/** A 429 has no `category`; its message contains the policy in lower case [D][R]. */
export function overLimit(policy: LimitPolicy, groupName?: string, headers: Record<string, string> = {}): ApiError {
  const detail = {
    message: `You have reached your ${policy.toLowerCase()} limit.`,
    errorType: 'RATE_LIMIT',
    policyName: policy,
    ...(groupName === undefined ? {} : { groupName }),
  }
  return new ApiError(429, detail, headers)
}

/** [R] */
export const credentialsNotFound = (): ApiError =>
  new ApiError(401, {
    message:
      'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
    category: 'INVALID_AUTHENTICATION',
  })

function errorForStatus(status: number): ApiError {
  switch (status) {
    case 400:
      return validation('The request was rejected.')
    case 401:
      return credentialsNotFound()
    case 403:
      return missingScopes(['crm.objects.contacts.write'])
    case 404:
      return new ApiError(404, { message: 'resource not found' })
    case 409:
      return new ApiError(409, { message: 'Contact already exists', category: 'CONFLICT' })
    // [I] No body was recorded for the following statuses.
    case 423:
      return new ApiError(423, { message: 'The resource is locked. Please retry later.' })
    case 477:
      return new ApiError(477, { message: 'This account is being migrated. Please retry later.' })
    case 500:
      return new ApiError(500, { message: 'internal error' })
    case 503:
      return new ApiError(503, { message: 'Service unavailable' })
    default:
      return new ApiError(status, { message: `HTTP ${status}` })
  }
}
