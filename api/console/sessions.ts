// Sessions of the console: a signed cookie that names no one and needs no store, so that it holds in each API process.

import { hkdfSync } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import { operatorOf } from '../../platform/operator-tokens.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'

const COOKIE = 'onramp-session'
/** One shift. After it the operator logs in again, so that a copied cookie does not work for long. */
const SESSION_MS = 12 * 60 * 60 * 1000

/** Who looks at the console. The name is that of the token; `null` for a token without one. */
export interface Session {
  name: string | null
  scope: OperatorToken['scope']
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** A variable for the pages behind the login. */
export interface Authenticated {
  Variables: { session: Session }
}

interface SessionKey {
  token: OperatorToken
  key: Buffer
}

/** The sessions of one installation. */
export class Sessions {
  readonly #tokens: OperatorToken[]
  readonly #keys: SessionKey[]
  readonly #now: () => number

  /**
   * The key of a session comes from its token and from a webhook secret. So a session ends with its token, and holds in all API
   * processes. The secret is what an operator does not have: a token alone makes no session that outlives `SESSION_MS`, and the
   * hash of a token makes none at all.
   *
   * @param secrets WEBHOOK_SECRETS, at least one. The first makes sessions and each is enough to read one, so that sessions outlive
   * a rotation.
   */
  constructor(tokens: OperatorToken[], secrets: string[], now: () => number = Date.now) {
    this.#tokens = tokens
    // A token that is listed with either scope has the full one.
    const fullFirst = tokens.toSorted((one, other) => Number(one.scope === 'read') - Number(other.scope === 'read'))
    this.#keys = secrets.flatMap((secret) => fullFirst.map((token) => ({ token, key: keyOf(secret, token) })))
    this.#now = now
  }

  /** Begins a session and sets its cookie. Returns false when the token is none of OPERATOR_TOKENS. */
  async begin(c: Context, text: string): Promise<boolean> {
    const token = operatorOf(text, this.#tokens)
    const found = this.#keys.find((each) => each.token === token)
    if (found === undefined) return false
    const expiresAt = this.#now() + SESSION_MS
    await setSignedCookie(c, COOKIE, String(expiresAt), found.key, {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      secure: isSecure(c),
      maxAge: SESSION_MS / 1000,
    })
    return true
  }

  /** The session of a request; `null` without one, after its end, and when its token was removed. */
  async of(c: Context): Promise<Session | null> {
    for (const { token, key } of this.#keys) {
      const expiresAt = Number((await getSignedCookie(c, key, COOKIE)) || 0)
      if (expiresAt > this.#now()) return { name: token.name, scope: token.scope, expiresAt }
    }
    return null
  }

  /** Whether a session has ended since it was read. */
  hasEnded({ expiresAt }: Session): boolean {
    return expiresAt <= this.#now()
  }

  end(c: Context): void {
    deleteCookie(c, COOKIE, { path: '/', secure: isSecure(c) })
  }
}

function keyOf(secret: string, { digest }: OperatorToken): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, digest, 'onramp: sessions of the console', 32))
}

/** Browsers keep a secure cookie only over TLS, which a proxy may end before it reaches us. The first proxy is the browser's. */
function isSecure(c: Context): boolean {
  const [firstProto] = (c.req.header('x-forwarded-proto') ?? '').split(',').map((proto) => proto.trim().toLowerCase())
  return new URL(c.req.url).protocol === 'https:' || firstProto === 'https'
}
