// The settings: one schema, all problems at once, names without values.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ConfigProblems, describeSettings, loadConfig } from '../platform/config.ts'
import { unknownVariables } from '../platform/unknown-variables.ts'

const secret = 'whsec_b25yYW1wLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE='

function problemsOf(env: Record<string, string>, required: Parameters<typeof loadConfig>[1] = []): string[] {
  try {
    loadConfig(env, required)
    return []
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems
    throw error
  }
}

describe('settings', () => {
  it('have defaults for a laptop, and listen on loopback only', () => {
    expect(loadConfig({})).toMatchObject({ host: '127.0.0.1', port: 3000, hubspotApiVersion: '2026-09' })
  })

  it('treat a variable that is set but empty as unset', () => {
    expect(loadConfig({ PORT: '', HUBSPOT_ACCESS_TOKEN: ' ' })).toMatchObject({
      port: 3000,
      hubspotAccessToken: undefined,
    })
  })

  it('accept operator tokens in clear or as a hash, with full or read-only access', () => {
    const token = 'dG9rZW4tb2YtdGhlLXRlc3Q='
    const digest = createHash('sha256').update(token).digest()
    const hash = `sha256:${digest.toString('hex')}`
    const texts = [token, hash, hash.replace(/[a-f]/g, (digit) => digit.toUpperCase())]
    expect(loadConfig({ OPERATOR_TOKENS: texts.join('\n') }).operatorTokens).toEqual(
      texts.map(() => ({ name: null, scope: 'full', digest })),
    )
    expect(loadConfig({ OPERATOR_TOKENS: `read:${token} read:${hash}` }).operatorTokens).toEqual([
      { name: null, scope: 'read', digest },
      { name: null, scope: 'read', digest },
    ])
    expect(loadConfig({ OPERATOR_TOKENS: `ada=${token} on-call.2=read:${hash}` }).operatorTokens).toEqual([
      { name: 'ada', scope: 'full', digest },
      { name: 'on-call.2', scope: 'read', digest },
    ])
    expect(loadConfig({ OPERATOR_TOKENS: 'a.b_c~d+e/f-1-and-more' }).operatorTokens).toHaveLength(1)
  })

  it('accept several secrets, separated by any white space', () => {
    expect(loadConfig({ WEBHOOK_SECRETS: ` ${secret}\n${secret} ` }).webhookSecrets).toEqual([secret, secret])
  })
})

const key = (id: string, byte = 1) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`

describe('the keys of payloads', () => {
  it('are several, of which the first encrypts; `none` stands for payloads in clear', () => {
    const ringOf = (PAYLOAD_KEYS: string) => {
      const { payloadKeys } = loadConfig({ PAYLOAD_KEYS })
      return [payloadKeys?.encrypting?.id ?? null, [...(payloadKeys?.keys.keys() ?? [])], payloadKeys?.readsClear]
    }
    expect(ringOf(`${key('new')}\n ${key('old', 2)}`)).toEqual(['new', ['new', 'old'], false])
    expect(ringOf(`${key('new')} none`)).toEqual(['new', ['new'], true])
    expect(ringOf(`none ${key('old')}`)).toEqual([null, ['old'], true])
    expect(ringOf('none')).toEqual([null, [], true])
  })

  it('are required by the API and by the worker', () => {
    expect(problemsOf({}, ['PAYLOAD_KEYS'])).toEqual(['PAYLOAD_KEYS must be set; see .env.example'])
    expect(problemsOf({ PAYLOAD_KEYS: 'none' }, ['PAYLOAD_KEYS'])).toEqual([])
  })

  it.each([
    ['a key without an id', Buffer.alloc(32).toString('base64'), 'must be <key id>:<base64 of 32 bytes> or none'],
    ['a key of 31 bytes', `k1:${Buffer.alloc(31).toString('base64')}`, 'must be <key id>:<base64'],
    ['a key of 33 bytes', `k1:${Buffer.alloc(33).toString('base64')}`, 'must be <key id>:<base64'],
    ['base64url', `k1:${Buffer.alloc(32, 255).toString('base64url')}`, 'must be <key id>:<base64'],
    ['an id with other characters', key('k/1'), 'must be <key id>:<base64'],
    ['an id that stands for no key', key('none'), 'must be <key id>:<base64'],
    ['a key id that stands there twice', `${key('good')} none`, 'has the key id of an earlier entry'],
    ['a second `none`', 'none none', 'is a second `none`'],
  ])('are rejected, by their place and without their text: %s', (_, entry, problem) => {
    const problems = problemsOf({ PAYLOAD_KEYS: `${key('good')} ${entry}` })
    expect(problems).toEqual([expect.stringContaining(problem)])
    expect(problems.join()).toMatch(/^PAYLOAD_KEYS entry [23] /)
    for (const text of entry.split(/[ :]/).filter((part) => part.length > 20))
      expect(problems.join()).not.toContain(text)
  })

  it('are all named at once', () => {
    expect(problemsOf({ PAYLOAD_KEYS: 'hunter2 hunter3', PORT: 'http' })).toHaveLength(3)
  })
})

describe('invalid settings', () => {
  it('are all named at once', () => {
    const problems = problemsOf({ PORT: 'http', HUBSPOT_API_VERSION: 'v1', HUBSPOT_TIMEOUT_MS: '0', LOG_LEVEL: 'loud' })
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'HUBSPOT_API_VERSION',
      'HUBSPOT_TIMEOUT_MS',
      'LOG_LEVEL',
    ])
  })

  it('are named without their values, since a value may be a secret', () => {
    const env = {
      WEBHOOK_SECRETS: 'hunter2',
      HUBSPOT_BASE_URL: 'hunter2',
      PORT: 'hunter2',
      HUBSPOT_TIMEOUT_MS: 'hunter2',
    }
    const problems = problemsOf(env)
    expect(problems).toHaveLength(4)
    expect(problems.join()).not.toContain('hunter2')
  })

  it.each([
    [{ HUBSPOT_CALLS_PER_10S: '0' }, 'HUBSPOT_CALLS_PER_10S must be at least 1'],
    [{ HUBSPOT_CALLS_PER_10S: '1.5' }, 'HUBSPOT_CALLS_PER_10S must be a whole number of calls'],
    [{ HUBSPOT_RESERVE: '91' }, 'HUBSPOT_RESERVE must be at most 90'],
    [{ HUBSPOT_RESERVE: '-1' }, 'HUBSPOT_RESERVE must be at least 0'],
  ])('include a quota that cannot be kept: %j', (env, problem) => {
    expect(problemsOf(env)).toEqual([problem])
  })

  it('include a version of the workers that Temporal would reject', () => {
    expect(problemsOf({ TEMPORAL_DEPLOYMENT_NAME: 'on.ramp', TEMPORAL_WORKER_BUILD_ID: '__1' })).toEqual([
      'TEMPORAL_DEPLOYMENT_NAME must have no . and no :, and must not begin with __',
      'TEMPORAL_WORKER_BUILD_ID must not begin with __',
    ])
    expect(problemsOf({ TEMPORAL_DEPLOYMENT_NAME: 'sales/onramp', TEMPORAL_WORKER_BUILD_ID: '1.2' })).toEqual([])
    expect(problemsOf({ TEMPORAL_VERSIONING: 'on' })).toEqual([
      'TEMPORAL_VERSIONING must be pinned, auto-upgrade or off',
    ])
  })

  it.each([
    'read:',
    'read:read:token-of-at-least-20',
    'write:token-of-at-least-20-characters',
    'sha256:',
    `sha256:${'0'.repeat(63)}`,
    `sha256:${'g'.repeat(64)}`,
    `sha1:${'0'.repeat(40)}`,
    'tökén-of-at-least-20-characters',
    'token,another',
  ])('include the operator token %s, and the message names its place but does not repeat it', (token) => {
    const good = 'a-token-of-20-letters'
    const problems = problemsOf({ OPERATOR_TOKENS: `${good} ${token}` })
    expect(problems).toEqual([expect.stringMatching(/^OPERATOR_TOKENS entry 2 must be a token/)])
    expect(problems.join()).not.toContain(good)
  })

  it('include each operator token of less than 20 characters, by its place and not by its value', () => {
    const short = 'nineteen-letters-19'
    const hash = `sha256:${createHash('sha256').update('short').digest('hex')}`
    const problems = problemsOf({ OPERATOR_TOKENS: `${short} ${short}+ read:${short} ${hash} read:${hash}` })
    expect(problems).toEqual([
      expect.stringMatching(/^OPERATOR_TOKENS entry 1 is shorter than 20 characters/),
      expect.stringMatching(/^OPERATOR_TOKENS entry 3 is shorter than 20 characters/),
    ])
    expect(problems.join()).not.toContain(short)
  })

  it('include ONRAMP_MAPPING, which this version does not have, so that nobody relies on it', () => {
    expect(problemsOf({ ONRAMP_MAPPING: 'hunter2' })).toEqual([
      expect.stringMatching(/^ONRAMP_MAPPING is not a setting of this version: .+\. Remove it/),
    ])
    expect(problemsOf({ ONRAMP_MAPPING: ' ' })).toEqual([])
  })

  it('include no setting that this version has', () => {
    for (const { name, fallback } of describeSettings()) expect(problemsOf({ [name]: fallback })).toEqual([])
    expect(loadConfig({ METRICS_HOST: '0.0.0.0' }).metricsHost).toBe('0.0.0.0')
  })

  it('include COMPANY_ADOPTION=ask, which this version does not have', () => {
    expect(problemsOf({ COMPANY_ADOPTION: 'ask' })).toEqual(['COMPANY_ADOPTION must be by-domain or off'])
  })

  it('include a variable that a process requires and that is not set', () => {
    expect(problemsOf({}, ['WEBHOOK_SECRETS', ['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL']])).toEqual([
      'WEBHOOK_SECRETS must be set; see .env.example',
      'HUBSPOT_ACCESS_TOKEN or HUBSPOT_BASE_URL must be set; see .env.example',
    ])
    expect(
      problemsOf({ HUBSPOT_BASE_URL: 'http://127.0.0.1:3010' }, [['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL']]),
    ).toEqual([])
  })
})

describe('variables that no setting has', () => {
  const known = describeSettings().map(({ name }) => name)
  const warnings = (env: Record<string, string | undefined>) => unknownVariables(env, known)

  it('get one warning each, without their values', () => {
    const found = warnings({ ONRAMP_VERBOSE: 'hunter2', HUBSPOT_PORTAL: 'hunter2', PAYLOAD_CODEC: 'hunter2' })
    expect(found).toEqual(
      ['ONRAMP_VERBOSE', 'HUBSPOT_PORTAL', 'PAYLOAD_CODEC'].map((name) => expect.stringContaining(name)),
    )
    expect(found.join()).not.toContain('hunter2')
  })

  it.each([
    ['HUBSPOT_ACCES_TOKEN', 'HUBSPOT_ACCESS_TOKEN'],
    ['HUBSPOT_TIMEOUT', 'HUBSPOT_TIMEOUT_MS'],
    ['HUBSPOT_BASEURL', 'HUBSPOT_BASE_URL'],
    ['ONRAMP_DATADIR', 'ONRAMP_DATA_DIR'],
    ['ONRAMP_URI', 'ONRAMP_URL'],
    ['onramp_url', 'ONRAMP_URL'],
  ])('are answered with the setting that was meant: %s is %s', (name, meant) => {
    expect(warnings({ [name]: 'x' })).toEqual([expect.stringContaining(`Do you mean ${meant}?`)])
  })

  it.each(['HUBSPOT_PORTAL_ID', 'ONRAMP_DIR', 'PAYLOAD_CODEC_URL'])(
    'are answered without a guess when no setting is close: %s',
    (name) => {
      expect(warnings({ [name]: 'x' })).toEqual([expect.not.stringContaining('Do you mean')])
    },
  )

  it('do not count when they belong to other programs, are empty, or are settings', () => {
    expect(warnings({ PATH: 'x', TEMPORAL_TLS: 'x', ONRAMP_VERBOSE: '', HUBSPOT_ACCESS_TOKEN: 'x' })).toEqual([])
  })
})
