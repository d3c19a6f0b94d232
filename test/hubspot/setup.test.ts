// `npm run setup`, and a worker whose portal has not been set up.

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

/** Runs the setup as a process; returns its exit code and its output. */
async function setup(url: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const env = {
    ...process.env,
    HUBSPOT_BASE_URL: url,
    HUBSPOT_CALLS_PER_10S: '100000',
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  }
  const run = promisify(execFile)(process.execPath, [SETUP, ...args], { env })
  return await run.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, output: stdout + stderr }),
  )
}

describe('the setup', () => {
  it('names the portal, creates what is missing once, and then says that nothing is missing', async () => {
    const { url } = await freshPortal()
    const first = await setup(url)
    expect(first).toMatchObject({ code: 0 })
    expect(first.output).toContain('HubSpot portal 147123456')
    expect(first.output).toContain('created property onramp_customer_id of contacts')

    const second = await setup(url)
    expect(second).toMatchObject({ code: 0 })
    expect(second.output).not.toContain('created')
    expect(second.output).toContain('have all that onramp needs')
  })

  it('changes nothing with --check, and exits with 1 when something is missing', async () => {
    const { url, portal } = await freshPortal()
    const { code, output } = await setup(url, '--check')
    expect(code).toBe(1)
    expect(output).toContain('HubSpot has no property onramp_company_key of companies. Run `npm run setup`.')
    expect((await portal.requests()).every(({ method }) => method === 'GET')).toBe(true)
  })

  it('names a property of onramp that does not insist on unique values, and exits with 1', async () => {
    const { url } = await freshPortal()
    const post = (path: string, body: object) =>
      fetch(`${url}/crm/v3/properties/contacts${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer hubspot-user', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await post('/groups', { name: 'own', label: 'Own' })
    await post('', { name: 'onramp_customer_id', label: 'Id', groupName: 'own', type: 'string', fieldType: 'text' })
    const { code, output } = await setup(url)
    expect(code).toBe(1)
    expect(output).toContain('onramp_customer_id of contacts does not insist on unique values')
  })

  it('names a scope that the token lacks', async () => {
    const { url, portal } = await freshPortal()
    await portal.fault({
      method: 'GET',
      path: '/objects/(2026-09/)?companies$',
      times: null,
      effect: { kind: 'status', status: 403 },
    })
    const { code, output } = await setup(url)
    expect(code).toBe(1)
    expect(output).toContain('lacks the scope crm.objects.companies.read')
  })

  it('succeeds with a HubSpot proxy that answers 404 to the checks of portal and scopes', async () => {
    const { url, portal } = await freshPortal()
    for (const path of ['/account-info/', '/objects/(2026-09/)?(contacts|companies)$']) {
      await portal.fault({ method: 'GET', path, times: null, effect: { kind: 'status', status: 404 } })
    }
    expect(await setup(url)).toMatchObject({ code: 0 })
  })

  it('says in one line that HubSpot rejects the token', async () => {
    const { url, portal } = await freshPortal()
    await portal.fault({ times: null, effect: { kind: 'status', status: 401 } })
    expect(await setup(url)).toEqual({ code: 1, output: 'The setup failed: HubSpot answered 401\n' })
  })
})

describe('a worker whose portal has not been set up', () => {
  it('logs it once, is not ready, and becomes ready after the setup', async () => {
    const { url } = await freshPortal()
    const env = { HUBSPOT_PROBE_SECONDS: '0.2' }
    const worker = await startWorkerProcess({ hubspotUrl: url, taskQueue: 'nobody-starts' }, env, 'any response')
    onTestFinished(() => worker.kill())
    await expect
      .poll(() => worker.ready())
      .toEqual({
        status: 503,
        body: { status: 'unavailable', failing: ['hubspot'] },
      })
    await expect.poll(() => worker.output()).toContain('HubSpot is not ready')

    expect(await setup(url)).toMatchObject({ code: 0 })
    await expect.poll(() => worker.ready()).toMatchObject({ status: 200 })
    // The worker checks five times a second, also when the setup is half done. It logs each list of problems once.
    const said = worker
      .output()
      .split('\n')
      .filter((line) => line.includes('HubSpot is not ready'))
    const problems = said.map((line) => JSON.stringify((JSON.parse(line) as { problems: string[] }).problems))
    expect(new Set(problems).size).toBe(problems.length)
  })
})
