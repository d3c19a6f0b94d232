// `npm run customer -- resume-all`: it ends when each customer has gone on, is parked again or waits for HubSpot, and says how many.

import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { against, aScriptedApi, run, runApart } from '../support/customer-cli.ts'
import type { Scripted } from '../support/customer-cli.ts'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask } from '../support/sender.ts'

const it = onrampWith({ namespace: 'own' })
const REASON = 'contact-of-another-customer'

describe('G12 · resume-all', () => {
  it('says how many went on, and how many are parked again', async ({ onramp }) => {
    const customers = await parkedCustomers(onramp, 3)
    for (const { contactId } of customers.slice(0, 2)) await release(onramp, contactId)

    const { output, exitCode } = await against(onramp, ['resume-all', REASON])
    expect(output).toContain(`${REASON}: 2 of 3 customers went on, 1 parked again, 0 waiting for HubSpot.\n`)
    expect(output).toContain(`Parked again: 1 ${REASON}.`)
    expect(exitCode).toBe(1)
    const phases = await Promise.all(customers.map(async ({ customerId }) => (await onramp.status(customerId)).phase))
    expect(phases).toEqual(['onboarded', 'onboarded', 'contact'])

    await expect.poll(() => counted(onramp)).toBe(1)
    await release(onramp, customers[2]!.contactId)
    expect(await against(onramp, ['resume-all', REASON])).toMatchObject({
      output: expect.stringContaining(`${REASON}: 1 of 1 customers went on, 0 parked again, 0 waiting for HubSpot.\n`),
      exitCode: 0,
    })
  })

  it('exits with 1 when no customer is parked for the reason', async ({ onramp }) => {
    const { output, exitCode } = await against(onramp, ['resume-all', REASON])
    expect(output).toMatch(/^409 Nothing is parked\n/)
    expect(exitCode).toBe(1)
  })
})

/** Customers whose addresses belong to contacts of others. */
async function parkedCustomers(onramp: Onramp, count: number) {
  const customers: { customerId: string; contactId: string }[] = []
  for (let index = 0; index < count; index += 1) {
    const customerId = `cus_${randomUUID()}`
    const email = `${customerId.replaceAll('-', '')}@example.com`
    const contactId = await aContactInHubSpot(onramp, { email, onramp_customer_id: `other_${customerId}` })
    await onramp.registered({ customerId, email })
    customers.push({ customerId, contactId })
  }
  await expect.poll(() => counted(onramp)).toBe(count)
  return customers
}

async function counted({ app }: Onramp): Promise<number> {
  return ((await (await ask(app, '/v1/attention')).json()) as { customers: number }).customers
}

/** HubSpot users find that the contact belongs to no customer. */
async function release(onramp: Onramp, contactId: string): Promise<void> {
  const body = { properties: { onramp_customer_id: '' } }
  expect((await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${contactId}`, body)).status).toBe(200)
}

describe('resume-all, with a scripted API,', () => {
  const EARLIER = '2026-11-24T08:00:00.000Z'
  const START = '2026-11-24T09:00:00.000Z'
  const LATER = '2026-11-24T09:00:01.000Z'
  const attention = (reason: string, since: string) => ({ reason, step: 'contact', since, message: 'no' })
  const before = { phase: 'contact', parked: [attention('email-taken', EARLIER)], fields: {}, timeline: [] as object[] }
  const retried = { ...before, parked: [], waiting: { attempts: 4, nextAttemptAt: LATER } }
  const again = { ...before, parked: [attention('refused-by-hubspot', LATER)] }
  const done = { phase: 'onboarded', parked: [], timeline: [], fields: { email: { state: 'written', at: EARLIER } } }
  const job = { reason: 'email-taken', total: 1, signalled: 1, failed: 0, since: START, state: 'completed' }

  /** An API with these customers, each with one status after the other. */
  const anApi = (customers: { [customerId: string]: Scripted[] }, progress: Scripted[] = [[200, job]]) =>
    aScriptedApi({
      'GET /v1/customers?attention=email-taken': [
        200,
        { customers: Object.keys(customers).map((customerId) => ({ customerId })), next: null },
      ],
      'POST /v1/attention/email-taken/resume': [
        202,
        { reason: 'email-taken', count: 1, job: 'j1' },
        { location: '/v1/jobs/j1' },
      ],
      'GET /v1/jobs/j1': progress,
      ...Object.fromEntries(Object.entries(customers).map(([id, statuses]) => [`GET /v1/customers/${id}`, statuses])),
    })
  const resumeAll = async (api: Awaited<ReturnType<typeof anApi>>, ...args: string[]) =>
    await run(['resume-all', 'email-taken', ...args], api.env)

  it('exits with 0 when the others wait for HubSpot', async () => {
    await using api = await anApi({
      cus_1: [
        [200, before],
        [200, done],
      ],
      cus_2: [[200, retried]],
    })
    const { output, exitCode } = await resumeAll(api)
    expect(output).toContain('email-taken: 1 of 2 customers went on, 0 parked again, 1 waiting for HubSpot.\n')
    expect(exitCode).toBe(0)
  })

  it('follows a customer who waits for HubSpot as long as another one has no result', async () => {
    const slow: Scripted[] = Array.from({ length: 6 }, () => [200, before])
    await using api = await anApi(
      {
        cus_1: [
          [200, retried],
          [200, retried],
          [200, retried],
          [200, retried],
          [200, done],
        ],
        cus_2: [...slow, [200, done]],
      },
      [...Array.from({ length: 6 }, (): Scripted => [200, { ...job, state: 'running' }]), [200, job]],
    )
    const { output } = await resumeAll(api)
    expect(output).toContain('email-taken: 2 of 2 customers went on, 0 parked again, 0 waiting for HubSpot.\n')
  })

  it('does not take a field that is not written, or a moment between two steps, for the end', async () => {
    const unwritten = { ...done, fields: { email: { state: 'pending', at: EARLIER } } }
    await using api = await anApi({
      cus_1: [
        [200, unwritten],
        [200, unwritten],
        [200, done],
        [200, again],
      ],
    })
    const { output, exitCode } = await resumeAll(api)
    expect(output).toContain('email-taken: 0 of 1 customers went on, 1 parked again, 0 waiting for HubSpot.\n')
    expect(output).toContain('Parked again: 1 refused-by-hubspot.')
    expect(exitCode).toBe(1)
  })

  it('also follows the last of many customers, while all others wait for HubSpot', async () => {
    const waiting = Array.from({ length: 250 }, (_, index): [string, Scripted[]] => [`cus_${index}`, [[200, retried]]])
    await using api = await anApi(Object.fromEntries([...waiting, ['cus_last', [[200, done]]]]))
    const { output } = await resumeAll(api)
    expect(output).toContain('email-taken: 1 of 251 customers went on, 0 parked again, 250 waiting for HubSpot.\n')
  })

  it('shows the numbers so far while customers have no result', async () => {
    const running: Scripted[] = Array.from({ length: 8 }, () => [200, { ...job, state: 'running' }])
    await using api = await anApi(
      { cus_1: [[200, done]], cus_2: [...running.map((): Scripted => [200, before]), [200, done]] },
      [...running, [200, job]],
    )
    const { output } = await resumeAll(api)
    expect(output).toContain('The resume of 1 customer has started. It goes on without this command, too.\n')
    expect(output).toContain(
      'So far, 1 of 2 customers went on, 0 parked again, 0 waiting for HubSpot, 1 without a result.\n',
    )
  })

  describe('when Temporal’s list lacks customers who were parked shortly before,', () => {
    const signalled = { at: LATER, what: 'resume', outcome: 'all with email-taken' }
    const list = (...ids: string[]): Scripted => [
      200,
      { customers: ids.map((customerId) => ({ customerId })), next: null },
    ]
    const lateApi = async (end: string[], customers: { [customerId: string]: Scripted[] }, total: number) =>
      await aScriptedApi({
        'GET /v1/customers?attention=email-taken': [list('cus_1'), list(...end)],
        'POST /v1/attention/email-taken/resume': [
          202,
          { ...job, count: total, job: 'j1' },
          { location: '/v1/jobs/j1' },
        ],
        'GET /v1/jobs/j1': [200, { ...job, total, signalled: total }],
        'GET /v1/customers/cus_1': [200, done],
        ...Object.fromEntries(Object.entries(customers).map(([id, statuses]) => [`GET /v1/customers/${id}`, statuses])),
      })

    it('exits with 1 and names one whom it has not signalled', async () => {
      await using api = await lateApi(['cus_late'], { cus_late: [[200, before]] }, 1)
      const { output, exitCode } = await resumeAll(api)
      expect(output).toContain('email-taken: 1 of 2 customers went on, 0 parked again, 0 waiting for HubSpot.\n')
      expect(output).toContain('the signal did not reach them: cus_late. Run the command again.')
      expect(output).not.toContain('not followed')
      expect(exitCode).toBe(1)
    })

    it('exits with 1 and counts one whom it has signalled, and who is parked again', async () => {
      const late = { ...before, parked: [attention('email-taken', LATER)], timeline: [signalled] }
      await using api = await lateApi(['cus_late'], { cus_late: [[200, late]] }, 2)
      const { output, exitCode } = await resumeAll(api)
      expect(output).toContain('email-taken: 1 of 2 customers went on, 1 parked again, 0 waiting for HubSpot.\n')
      expect(output).not.toContain('not followed')
      expect(exitCode).toBe(1)
    })

    it('exits with 1 and counts one whom it has signalled, and whom no list has', async () => {
      await using api = await lateApi([], {}, 2)
      const { output, exitCode } = await resumeAll(api)
      expect(output).toContain('Signalled but not followed: 1 more,')
      expect(exitCode).toBe(1)
    })

    it('leaves out one who is parked for the first time since', async () => {
      const late = { ...before, parked: [attention('email-taken', LATER)] }
      await using api = await lateApi(['cus_late'], { cus_late: [[200, late]] }, 1)
      const { output, exitCode } = await resumeAll(api)
      expect(output).toContain('email-taken: 1 of 1 customers went on, 0 parked again, 0 waiting for HubSpot.\n')
      expect(exitCode).toBe(0)
    })
  })

  it('waits until Temporal has signalled all, also when everybody on the list has a result', async () => {
    const running: Scripted = [200, { ...job, state: 'running', signalled: 0 }]
    await using api = await anApi({ cus_1: [[200, done]] }, [...Array.from({ length: 5 }, () => running), [200, job]])
    const { output, exitCode } = await resumeAll(api)
    expect(output).not.toContain('Temporal is still signalling customers.')
    expect(exitCode).toBe(0)
  })

  it('exits with 1 and names a customer whom the signal has not reached', async () => {
    await using api = await anApi({ cus_1: [[200, done]], cus_2: [[200, before]] })
    const { output, exitCode } = await resumeAll(api)
    expect(output).toContain('Still parked, since the signal did not reach them: cus_2. Run the command again.\n')
    expect(exitCode).toBe(1)
  })

  it('counts a customer who is still parked for an earlier, other reason as one who went on', async () => {
    await using api = await anApi({
      cus_1: [[200, { ...before, parked: [attention('hubspot-unexplained', EARLIER)] }]],
    })
    expect(await resumeAll(api)).toMatchObject({ exitCode: 0 })
  })

  it('goes on over a moment in which the API or a worker does not answer', async () => {
    const busy: Scripted = [503, { title: 'No worker answers', status: 503, code: 'no-worker' }]
    await using api = await anApi({ cus_1: [busy, [200, done]] }, [busy, [200, job]])
    expect(await resumeAll(api)).toMatchObject({ exitCode: 0 })
  })

  it('counts a customer whose run Temporal has deleted as one who went on', async () => {
    await using api = await anApi({ cus_1: [[404, { title: 'No customer has this id', status: 404 }]] })
    expect(await resumeAll(api)).toMatchObject({ exitCode: 0 })
  })

  it('exits with 1 at the timeout, and names who has no result', async () => {
    await using api = await anApi({ cus_1: [[200, { ...before, parked: [] }]] })
    const { output, exitCode } = await resumeAll(api, '--timeout', '1')
    expect(output).toContain('Without a result after 1 seconds: cus_1.')
    expect(exitCode).toBe(1)
  })

  it('only starts the resume with --timeout 0', async () => {
    await using api = await anApi({ cus_1: [] })
    expect(await resumeAll(api, '--timeout', '0')).toEqual({
      output: 'The resume of 1 customer has started. Nobody has looked at what comes of it.\n',
      exitCode: 0,
    })
    expect(api.requests).toEqual(['GET /v1/customers?attention=email-taken', 'POST /v1/attention/email-taken/resume'])
  })

  it('prints with --json the numbers, and each customer who did not go on', async () => {
    await using api = await anApi({ cus_1: [[200, done]], cus_2: [[200, again]] })
    const { stdout, exitCode } = await runApart(['resume-all', 'email-taken', '--json'], api.env)
    expect(JSON.parse(stdout)).toMatchObject({
      followed: 2,
      wentOn: 1,
      parkedAgain: 1,
      customers: [{ customerId: 'cus_2', result: 'parked-again', attention: ['refused-by-hubspot'] }],
    })
    expect(exitCode).toBe(1)
  })
})
