// The OAuth endpoints: a refresh token, or the code of an installation, becomes an access token.

import { noContent, ok, type Answer } from '../answer.ts'
import type { Call } from '../call.ts'
import type { Grant } from '../oauth-grants.ts'
import { Refusal } from '../refusal.ts'

/** The parameters stand in a form body [D]. */
export function issueToken(call: Call): Answer {
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

/** [D] that it exists on the dated paths, [I] what it answers. */
export function introspectToken({ access, portal, rawBody }: Call): Answer {
  const token = new URLSearchParams(rawBody).get('token') ?? ''
  const expiresAt = access.grants.expiryOf(token)
  const secondsLeft = expiresAt === undefined ? 0 : Math.floor((expiresAt - portal.clock.now()) / 1000)
  if (secondsLeft <= 0) return ok({ active: false })
  return ok({ active: true, token_type: 'access_token', expires_in: secondsLeft, hub_id: portal.settings().portalId })
}

/** [D] that it exists, [I] its answer. */
export function revokeToken({ access, rawBody }: Call): Answer {
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

/** [C] Here, and only here, `status` is a code. */
function badRequest(code: string, message: string): Refusal {
  return new Refusal(400, { message, status: code })
}
