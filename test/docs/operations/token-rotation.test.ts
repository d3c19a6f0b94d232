// docs/operations/token-rotation.md: the page's steps while events arrive.

import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { recordsIn } from '../../support/onramp.ts'
import {
  registrationOf,
  sendTo,
  startApi,
  startHubSpot,
  startWorker,
  waitForPhase,
} from '../../support/installation.ts'
import { blockOf, runPage } from '../../support/page-commands.ts'

const PAGE = 'operations/token-rotation.md'

describe('a new token of HubSpot', () => {
  it('is checked by the page’s command before anybody uses it', async () => {
    const { url, portal } = await startHubSpot()
    await portal.settings({ acceptedTokens: ['former', 'new'] })
    const check = async (NEW_TOKEN: string) =>
      await runPage(PAGE, 'HUBSPOT_ACCESS_TOKEN=', { HUBSPOT_BASE_URL: url, NEW_TOKEN })
    expect(await check('new')).toContain('HubSpot has all that onramp needs')
    await expect(check('mistyped')).rejects.toThrow('The setup failed')
  })

  it('replaces the former one while events arrive: nothing is lost, no call is rejected, nobody waits', async () => {
    const { url: hubspotUrl, portal } = await startHubSpot()
    await portal.settings({ acceptedTokens: ['former', 'new'] })
    const taskQueue = `test-${randomUUID()}`
    const { url } = await startApi({ TEMPORAL_TASK_QUEUE: taskQueue })
    const env = { HUBSPOT_PROBE_SECONDS: '1' }
    const former = await startWorker(hubspotUrl, taskQueue, { ...env, HUBSPOT_ACCESS_TOKEN: 'former' })

    const customers = Array.from({ length: 2 }, (_, index) => `cus_${index}_${randomUUID()}`)
    for (const [index, customerId] of customers.entries()) {
      const email = `ada${index}@example.com`
      expect(await sendTo(url, registrationOf(customerId, { email }))).toBe(202)
    }
    for (const customerId of customers) await waitForPhase(url, customerId, 'onboarded')

    let isOver = false
    let phone = 0
    const sending = (async () => {
      while (!isOver) {
        phone += 1
        for (const customerId of customers) {
          const status = await sendTo(url, { type: 'customer.updated', data: { customerId, phone: String(phone) } })
          expect(status).toBe(202)
        }
        await sleep(500)
      }
    })()
    await expect.poll(() => phone).toBeGreaterThan(1)
    const next = await startWorker(hubspotUrl, taskQueue, { ...env, HUBSPOT_ACCESS_TOKEN: 'new' })
    expect(await former.stop()).toBe(0)
    await portal.settings({ acceptedTokens: ['new'] })
    const atExpiry = phone
    await expect.poll(() => phone).toBeGreaterThan(atExpiry + 1)
    isOver = true
    await sending

    const phones = async () => (await recordsIn(portal)).contacts.map((contact) => contact['phone'])
    await expect.poll(phones).toEqual(customers.map(() => String(phone)))
    expect((await portal.requests()).filter(({ status }) => status === 401)).toEqual([])
    expect(await runPage(PAGE, 'curl', { METRICS_URL: next.metricsUrl })).toBe('onramp_hubspot_locked_out 0\n')
    expect(await next.ready()).toMatchObject({ status: 200 })
  })

  it('is missing in a worker that was forgotten, which parks nobody and hinders no other worker', async () => {
    const { url: hubspotUrl, portal } = await startHubSpot()
    const taskQueue = `test-${randomUUID()}`
    const { url } = await startApi({ TEMPORAL_TASK_QUEUE: taskQueue })
    const env = { HUBSPOT_PROBE_SECONDS: '1' }
    const forgotten = await startWorker(hubspotUrl, taskQueue, { ...env, HUBSPOT_ACCESS_TOKEN: 'former' })
    await portal.settings({ acceptedTokens: ['new'] })
    const customerId = `cus_${randomUUID()}`
    expect(await sendTo(url, registrationOf(customerId))).toBe(202)
    await expect.poll(() => forgotten.ready()).toMatchObject({ status: 503, body: { failing: ['hubspot-token'] } })
    await startWorker(hubspotUrl, taskQueue, { ...env, HUBSPOT_ACCESS_TOKEN: 'new' })
    expect(await waitForPhase(url, customerId, 'onboarded')).toMatchObject({ parked: [] })
  })
})

describe('the commands for Kubernetes', () => {
  const commands = blockOf(PAGE, 'kubectl')
  const manifest = readFileSync(new URL('../../../deploy/kubernetes/worker.yaml', import.meta.url), 'utf8')

  it('name the secret and the label of the workers’ Deployment', () => {
    const [, secret = 'none'] = /create secret generic (\S+)/.exec(commands) ?? []
    expect(manifest).toContain(`name: ${secret}`)
    const selectors = [...commands.matchAll(/--selector (\S+)=(\S+)/g)]
    expect(selectors).toHaveLength(2)
    for (const [, label, value] of selectors) expect(manifest).toContain(`${label}: ${value}`)
  })
})
