// The environment of each process of `npm start`: it has the variables that the process needs, and no secret of another one.

import { existsSync, readFileSync } from 'node:fs'
import { startEmulator } from 'hubspot-emulator/server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { environmentFor, LAUNCHER_ONLY, PARTS, stackEnvironment } from '../../dev/launcher/environment.ts'
import { describeSettings, loadConfig } from '../../platform/config.ts'
import { aDataFolder, descendantsOf, startLauncher } from '../support/launcher.ts'
import { PAYLOAD_KEYS } from '../support/payload-keys.ts'
import { WEBHOOK_SECRET } from '../support/sender.ts'

const HUBSPOT_TOKEN = 'the-hubspot-token-of-the-user'
const OPERATOR_TOKEN = 'the-operator-token-of-the-user'
const OTHER_SECRET = 'a-secret-of-another-program'
const SECRETS = [HUBSPOT_TOKEN, OPERATOR_TOKEN, WEBHOOK_SECRET, PAYLOAD_KEYS, OTHER_SECRET]

describe('the table of environments', () => {
  it('has each setting, for a process or for the launcher alone', () => {
    const full = Object.fromEntries(describeSettings().map(({ name }) => [name, 'x']))
    const passed = Object.keys(PARTS).flatMap((part) => Object.keys(environmentFor(part as keyof typeof PARTS, full)))
    const settings = describeSettings().map(({ name }) => name)
    expect(settings.filter((name) => !passed.includes(name) && !LAUNCHER_ONLY.includes(name))).toEqual([])
  })

  it('gives the setup the token of HubSpot, and neither the webhook secrets nor the operator tokens', () => {
    const full = {
      HUBSPOT_ACCESS_TOKEN: 'x',
      WEBHOOK_SECRETS: 'x',
      OPERATOR_TOKENS: 'x',
      TEMPORAL_API_KEY: 'x',
      PATH: 'x',
    }
    const given = environmentFor('setup', full)
    expect(Object.keys(given).toSorted()).toEqual(['HUBSPOT_ACCESS_TOKEN', 'PATH', 'TEMPORAL_API_KEY'])
  })

  it('gives a download the proxies and the settings of pip, and no secret', () => {
    const full = { https_proxy: 'x', HTTPS_PROXY: 'x', PIP_INDEX_URL: 'x', OPERATOR_TOKENS: 'x', TEMPORAL_API_KEY: 'x' }
    expect(Object.keys(environmentFor('download', full)).toSorted()).toEqual([
      'HTTPS_PROXY',
      'PIP_INDEX_URL',
      'https_proxy',
    ])
  })
})

describe('the versions of the workers', () => {
  const local = { address: '127.0.0.1:1', uiUrl: null }
  const versioning = (env: NodeJS.ProcessEnv, temporal: typeof local | null) => {
    const at = { dataDir: '/nowhere', emulatorUrl: null, temporal }
    const secrets = { WEBHOOK_SECRETS: WEBHOOK_SECRET, OPERATOR_TOKENS: OPERATOR_TOKEN, PAYLOAD_KEYS }
    return stackEnvironment(loadConfig({ ...env, ...secrets }), env, at)['TEMPORAL_VERSIONING']
  }

  it('upgrade runs automatically on the Temporal server of `npm start`, with any settings of the user', () => {
    expect(versioning({}, local)).toBe('auto-upgrade')
    expect(versioning({ TEMPORAL_VERSIONING: 'off' }, local)).toBe('auto-upgrade')
  })

  it('never take over another Temporal server, unless the user has said so', () => {
    expect(versioning({}, null)).toBeUndefined()
    expect(versioning({ TEMPORAL_VERSIONING: 'auto-upgrade' }, null)).toBe('auto-upgrade')
  })
})

// Only Linux shows the environment of a process.
describe.skipIf(!existsSync('/proc/self/environ'))('a stack that is up', () => {
  const secrets = {
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    OPERATOR_TOKENS: OPERATOR_TOKEN,
    PAYLOAD_KEYS,
    AWS_SECRET_ACCESS_KEY: OTHER_SECRET,
  }

  it('gives each process its own secrets only', async () => {
    const portal = await startEmulator()
    onTestFinished(() => portal.stop())
    const hubspot = { HUBSPOT_BASE_URL: portal.url, HUBSPOT_ACCESS_TOKEN: HUBSPOT_TOKEN }
    const environments = await environmentsOf({ ...secrets, ...hubspot })
    expect(Object.keys(environments).toSorted()).toEqual(['api', 'guard', 'temporal', 'worker'])
    expect(secretsIn(environments)).toEqual({
      guard: [],
      temporal: [],
      api: [OPERATOR_TOKEN, WEBHOOK_SECRET, PAYLOAD_KEYS],
      worker: [HUBSPOT_TOKEN, PAYLOAD_KEYS],
    })
  })

  it('gives the emulator and Temporal none, also when the launcher makes the secrets', async () => {
    const environments = await environmentsOf({
      ...secrets,
      WEBHOOK_SECRETS: '',
      OPERATOR_TOKENS: '',
      PAYLOAD_KEYS: '',
    })
    const names = (process: string) => Object.keys(environments[process] ?? {})
    expect(Object.keys(environments).toSorted()).toEqual(['api', 'emulator', 'guard', 'temporal', 'worker'])
    expect(names('api')).toEqual(expect.arrayContaining(['PATH', 'OPERATOR_TOKENS', 'PAYLOAD_KEYS', 'WEBHOOK_SECRETS']))
    expect(names('worker')).toContain('PAYLOAD_KEYS')
    expect(names('api').filter((name) => name.startsWith('HUBSPOT_'))).toEqual([])
    for (const process of ['guard', 'temporal', 'emulator', 'worker']) {
      expect(names(process)).not.toContain('WEBHOOK_SECRETS')
      expect(names(process)).not.toContain('OPERATOR_TOKENS')
    }
    for (const process of ['guard', 'temporal', 'emulator']) {
      expect(names(process)).not.toContain('PAYLOAD_KEYS')
      expect(names(process).filter((name) => /^(HUBSPOT|TEMPORAL)_/.test(name))).toEqual([])
    }
  })
})

/** Starts a stack and returns the environment of each of its processes. */
async function environmentsOf(env: NodeJS.ProcessEnv): Promise<Record<string, Record<string, string>>> {
  await using folder = await aDataFolder()
  await using launcher = startLauncher({ dataDir: folder.path, env })
  await launcher.up
  const processes = await descendantsOf(launcher.pid)
  const found = processes.map(({ pid, command }) => [nameOf(command), environmentOf(pid)] as const)
  launcher.kill('SIGTERM')
  expect(await launcher.exited).toBe(0)
  return Object.fromEntries(found)
}

function nameOf(command: string): string {
  const [, name] = /(guard|emulator|api|worker)(?:\.sh|\/src\/main\.ts|\/main\.ts)$/.exec(command) ?? []
  return name ?? (command.includes('start-dev') ? 'temporal' : command)
}

function environmentOf(pid: number): Record<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  return Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]))
}

function secretsIn(environments: Record<string, Record<string, string>>): Record<string, string[]> {
  const all = Object.entries(environments).map(([name, env]) => {
    const values = Object.values(env).join('\n')
    return [name, SECRETS.filter((secret) => values.includes(secret))] as const
  })
  return Object.fromEntries(all)
}
