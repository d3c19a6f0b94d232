// npm run setup, and a worker before a portal that has not been set up.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import { startWorkerProcess } from '../support/worker-process.ts'

const SETUP = fileURLToPath(new URL('../../worker/setup.ts', import.meta.url))

async function freshPortal(): Promise<{ url: string; portal: EmulatorControl }> {
  const started = await startEmulator()
  onTestFinished(() => started.stop())
  return { url: started.url, portal: new EmulatorControl(started.url) }
}

/** Runs the setup as a person would; answers what it said and how it ended. */
async function setup(url: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const env = { ...process.env, HUBSPOT_BASE_URL: url, TEMPORAL_ADDRESS: inject('temporalAddress') }
  const run = promisify(execFile)(process.execPath, [SETUP, ...args], { env })
  return await run.then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, said: stdout + stderr }),
  )
}

describe('the setup', () => {
  it('names the portal, creates what is missing once, and then says that all is there', async () => {
    const { url } = await freshPortal()
    const first = await setup(url)
    expect(first).toMatchObject({ code: 0 })
    expect(first.said).toContain('HubSpot portal 147123456')
    expect(first.said).toContain('created property onramp_customer_id of contacts')

    const second = await setup(url)
    expect(second).toMatchObject({ code: 0 })
    expect(second.said).not.toContain('created')
    expect(second.said).toContain('have all that onramp needs')
  })

  it('only looks with --check, and ends with 1 when something is missing', async () => {
    const { url, portal } = await freshPortal()
    const { code, said } = await setup(url, '--check')
    expect(code).toBe(1)
    expect(said).toContain('HubSpot has no property onramp_company_key of companies. Run `npm run setup`.')
    expect((await portal.requests()).every(({ method }) => method === 'GET')).toBe(true)
  })

  it('says what to do about a property of our name that does not insist on unique values', async () => {
    const { url } = await freshPortal()
    const post = (path: string, body: object) =>
      fetch(`${url}/crm/v3/properties/contacts${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer people', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await post('/groups', { name: 'own', label: 'Own' })
    await post('', { name: 'onramp_customer_id', label: 'Id', groupName: 'own', type: 'string', fieldType: 'text' })
    const { code, said } = await setup(url)
    expect(code).toBe(1)
    expect(said).toContain('onramp_customer_id of contacts does not insist on unique values')
  })

  it('names a scope that the token lacks', async () => {
    const { url, portal } = await freshPortal()
    await portal.fault({
      method: 'GET',
      path: '/objects/(2026-09/)?companies$',
      times: null,
      effect: { kind: 'status', status: 403 },
    })
    const { code, said } = await setup(url)
    expect(code).toBe(1)
    expect(said).toContain('lacks the scope crm.objects.companies.read')
  })

  it('gets through with a stand-in that does not know the readings by which it looks', async () => {
    const { url, portal } = await freshPortal()
    for (const path of ['/account-info/', '/objects/(2026-09/)?(contacts|companies)$']) {
      await portal.fault({ method: 'GET', path, times: null, effect: { kind: 'status', status: 404 } })
    }
    expect(await setup(url)).toMatchObject({ code: 0 })
  })

  it('says in one line that HubSpot refuses the token', async () => {
    const { url, portal } = await freshPortal()
    await portal.fault({ times: null, effect: { kind: 'status', status: 401 } })
    expect(await setup(url)).toEqual({ code: 1, said: 'The setup failed: HubSpot answered 401\n' })
  })
})

describe('a worker before a portal that was not set up', () => {
  it('says so once, is not ready, and is ready when the setup has been run', async () => {
    const { url } = await freshPortal()
    const env = { HUBSPOT_PROBE_SECONDS: '0.2' }
    const worker = await startWorkerProcess({ hubspotUrl: url, taskQueue: 'nobody-starts' }, env, 'any response')
    onTestFinished(() => worker.kill())
    await expect
      .poll(() => worker.ready(), { timeout: 10_000 })
      .toEqual({
        status: 503,
        body: { status: 'unavailable', failing: ['hubspot'] },
      })
    await expect.poll(() => worker.output()).toContain('HubSpot is not ready')

    expect(await setup(url)).toMatchObject({ code: 0 })
    await expect.poll(() => worker.ready(), { timeout: 10_000 }).toMatchObject({ status: 200 })
    // It looks five times a second, also while half of the setup is done; what it has said it does not repeat.
    const said = worker
      .output()
      .split('\n')
      .filter((line) => line.includes('HubSpot is not ready'))
    const problems = said.map((line) => JSON.stringify((JSON.parse(line) as { problems: string[] }).problems))
    expect(new Set(problems).size).toBe(problems.length)
  })
})
