// The settings: one schema, all problems at once, names without values.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ConfigProblems, loadConfig } from '../platform/config.ts'

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
    const digest = createHash('sha256').update('dG9rZW4=').digest()
    const hash = `sha256:${digest.toString('hex')}`
    const texts = ['dG9rZW4=', hash, hash.replace(/[a-f]/g, (digit) => digit.toUpperCase())]
    expect(loadConfig({ OPERATOR_TOKENS: texts.join('\n') }).operatorTokens).toEqual(
      texts.map(() => ({ scope: 'full', digest })),
    )
    expect(loadConfig({ OPERATOR_TOKENS: `read:dG9rZW4= read:${hash}` }).operatorTokens).toEqual([
      { scope: 'read', digest },
      { scope: 'read', digest },
    ])
    expect(loadConfig({ OPERATOR_TOKENS: 'a.b_c~d+e/f-1' }).operatorTokens).toHaveLength(1)
  })

  it('accept several secrets, separated by any white space', () => {
    expect(loadConfig({ WEBHOOK_SECRETS: ` ${secret}\n${secret} ` }).webhookSecrets).toEqual([secret, secret])
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

  it('are named when only half of a worker’s version is set', () => {
    expect(problemsOf({ TEMPORAL_DEPLOYMENT_NAME: 'onramp' })).toEqual([
      'TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together, or neither',
    ])
    expect(problemsOf({ TEMPORAL_DEPLOYMENT_NAME: 'onramp', TEMPORAL_WORKER_BUILD_ID: 'one' })).toEqual([])
  })

  it.each([
    'read:',
    'read:read:token',
    'write:token',
    'sha256:',
    `sha256:${'0'.repeat(63)}`,
    `sha256:${'g'.repeat(64)}`,
    `sha1:${'0'.repeat(40)}`,
    'tökén',
    'token,another',
  ])('include the operator token %s, and the message does not repeat it', (token) => {
    const problems = problemsOf({ OPERATOR_TOKENS: `good ${token}` })
    expect(problems).toEqual([expect.stringMatching(/^OPERATOR_TOKENS must hold tokens/)])
    expect(problems.join()).not.toContain('good')
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
