// Sessions of the console: a signed cookie that names no one and needs no store, so that it holds in each API process.
// The memory of one process only adds which sessions were ended there by a logout.

import { hkdfSync, randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import { operatorOf } from '../../platform/operator-tokens.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'

const COOKIE = 'onramp-session'
/** One shift. After it the operator logs in again, so that a copied cookie does not work for long. */
const SESSION_MS = 12 * 60 * 60 * 1000
// About 1 MB of memory. With more logouts in twelve hours, the oldest one is forgotten.
const MAX_ENDED = 5_000

/** Who looks at the console. The name is that of the token; `null` for a token without one. */
export interface Session {
  /** Names one login. */
  id: string
  name: string | null
  scope: OperatorToken['scope']
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** A variable for the pages behind the login. */
export interface Authenticated {
  Variables: { session: Session }
}

/** Who gives a command: the name of the token, exactly as the operator API records it. */
export function givenBy({ name }: Session): { by: string | null } {
  return { by: name }
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
  /** The ids of the sessions that a logout has ended in this process, each with the time when its cookie expires. */
  readonly #ended = new Map<string, number>()

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
    await setSignedCookie(c, COOKIE, `${expiresAt}-${randomUUID()}`, found.key, {
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
      const [, expiresAt, id] = /^(\d+)-(.+)$/.exec((await getSignedCookie(c, key, COOKIE)) || '') ?? []
      if (id === undefined) continue
      const session = { id, name: token.name, scope: token.scope, expiresAt: Number(expiresAt) }
      return this.hasEnded(session) ? null : session
    }
    return null
  }

  /** Whether a session has expired, or a logout in this process has ended it. */
  hasEnded({ id, expiresAt }: Session): boolean {
    return expiresAt <= this.#now() || this.#ended.has(id)
  }

  /** Ends the session: the browser forgets the cookie, and this process accepts no copy of it. */
  async end(c: Context): Promise<void> {
    const session = await this.of(c)
    deleteCookie(c, COOKIE, { path: '/', secure: isSecure(c) })
    if (session === null) return
    for (const [id, expiresAt] of this.#ended) if (expiresAt <= this.#now()) this.#ended.delete(id)
    this.#ended.set(session.id, session.expiresAt)
    const [oldest] = this.#ended.keys()
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest)
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
