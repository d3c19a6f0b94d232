// The OAuth endpoints: exchange a refresh token or an authorization code for an access token, introspect, revoke.

import { noContent, ok, type ApiResponse } from '../api-response.ts'
import type { Call } from '../call.ts'
import type { Grant } from '../oauth-grants.ts'
import { ApiError } from '../api-error.ts'

/** The parameters are in a form body [D]. */
export function issueToken(call: Call): ApiResponse {
  const form = new URLSearchParams(call.rawBody)
  const grantType = form.get('grant_type')
  if (!form.get('client_id')) throw badRequest('BAD_CLIENT_ID', 'missing or unknown client id')
  if (!form.get('client_secret')) throw badRequest('BAD_CLIENT_SECRET', 'missing or invalid client secret')
  const { grants } = call.access
  if (grantType === 'authorization_code') {
    if (!form.get('code')) throw badRequest('BAD_AUTH_CODE', 'missing or unknown auth code')
    return ok(tokenBody(grants.install()))
  }
  if (grantType !== 'refresh_token') throw badRequest('BAD_GRANT_TYPE', 'missing or unknown grant type')
  const refreshToken = form.get('refresh_token')
  const grant = refreshToken ? grants.refresh(refreshToken) : null
  if (grant === null) throw badRequest('BAD_REFRESH_TOKEN', 'missing or unknown refresh token')
  return ok(tokenBody(grant))
}

/** [D] for the path, which only dated versions have; [I] for the response. */
export function introspectToken({ access, portal, rawBody }: Call): ApiResponse {
  const token = new URLSearchParams(rawBody).get('token') ?? ''
  const expiresAt = access.grants.expiryOf(token)
  const secondsLeft = expiresAt === undefined ? 0 : Math.floor((expiresAt - portal.clock.now()) / 1000)
  if (secondsLeft <= 0) return ok({ active: false })
  return ok({ active: true, token_type: 'access_token', expires_in: secondsLeft, hub_id: portal.settings().portalId })
}

/** [D] for the path, [I] for the response. */
export function revokeToken({ access, rawBody }: Call): ApiResponse {
  const token = new URLSearchParams(rawBody).get('token')
  if (token) access.grants.revoke(token)
  return noContent()
}

const tokenBody = ({ accessToken, refreshToken, expiresInSeconds }: Grant): Record<string, unknown> => ({
  token_type: 'bearer',
  refresh_token: refreshToken,
  access_token: accessToken,
  expires_in: expiresInSeconds,
})

/** [C] Only these errors have a code as `status`. */
function badRequest(code: string, message: string): ApiError {
  return new ApiError(400, { message, status: code })
}
