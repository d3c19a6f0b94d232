// The console's questions to workers: the values of a customer, and HubSpot's state.

import type { Client } from '@temporalio/client'
import { describe, expect, it as itAlone, onTestFinished, vi } from 'vitest'
import { CrmStates } from '../../api/temporal/crm-state.ts'
import { Installation } from '../../api/temporal/installation.ts'
import { testApi } from '../support/api.ts'
import { storyWithoutValues } from '../support/changed-story.ts'
import { consoleSession } from '../support/console-session.ts'
import { aContactInHubSpot } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith } from '../support/onramp.ts'
import { itWithTimeSkipping, waitUntilCompleted, waitUntilParkedAt } from '../support/story.ts'

const itOnAWorkerOfItsOwn = onrampWith({ worker: 'own' })

describe('the values of a customer', () => {
  itWithTimeSkipping('come from the result of a run that has completed (idle)', async ({ onramp }) => {
    await onramp.registered()
    await waitUntilCompleted(onramp)
    const { visit, submit } = await consoleSession(onramp)
    const path = `/console/customers/${onramp.customerId}`
    expect(await (await visit(path)).text()).not.toContain('ada@example.com')
    expect(await (await submit(`${path}/values`)).text()).toContain('ada@example.com')
    expect((await visit('/console/customers?runs=completed')).status).toBe(200)
  })

  it('are gone after an erasure', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.erased()
    await onramp.reaches('erased')
    const { submit } = await consoleSession(onramp)
    const page = await (await submit(`/console/customers/${onramp.customerId}/values`)).text()
    expect(page).toContain('knows no values')
    expect(page).not.toContain('ada@example.com')
  })
})

describe('the values of a customer on an older version of the workers', () => {
  itOnAWorkerOfItsOwn('are not shown: 409, and the page says what that means and what to do', async ({ onramp }) => {
    await onramp.stopWorker()
    await onramp.startWorker({ code: await storyWithoutValues() })
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { submit } = await consoleSession(onramp)
    const response = await submit(`/console/customers/${onramp.customerId}/values`)
    expect(response.status).toBe(409)
    const page = await response.text()
    expect(page).toContain('still on an older version of onramp')
    expect(page).toContain('npm run promote')
    expect(page).toContain('data-testid="customer-phase"')
    expect(page).not.toContain('is stuck')
  })
})

describe('the search for an id of which Temporal has no run', () => {
  it('finds the customer whom HubSpot has, without a link to a page that does not exist', async ({ onramp }) => {
    const { customerId } = onramp
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: customerId })
    const { submit } = await consoleSession(onramp)
    const response = await submit('/console/find', { q: customerId })
    expect(response.status).toBe(200)
    const page = await response.text()
    expect(page).toContain('1 customer found')
    expect(page).toContain(`npm run customer -- erase ${customerId}`)
    expect(page).not.toContain(`href="/console/customers/${customerId}"`)
  })

  it('finds nobody when HubSpot has no such customer either', async ({ onramp }) => {
    const { submit } = await consoleSession(onramp)
    const response = await submit('/console/find', { q: onramp.customerId })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('Nobody found')
  })

  itOnAWorkerOfItsOwn('says nothing about HubSpot while nobody can ask it', async ({ onramp }) => {
    await onramp.stopWorker()
    const { submit } = await consoleSession(onramp)
    expect((await submit('/console/find', { q: onramp.customerId })).status).toBe(503)
  })
})

describe('HubSpot’s state', () => {
  it('is asked of a worker once for all who look, and leaves no history', async ({ onramp }) => {
    const { client, taskQueue } = onramp
    await onramp.registered()
    await onramp.reaches('onboarded')
    let questions = 0
    const { workflowService } = client
    const start = workflowService.startWorkflowExecution.bind(workflowService)
    Object.assign(workflowService, {
      startWorkflowExecution: (request: Parameters<typeof start>[0]) => {
        questions += 1
        return start(request)
      },
    })
    const installation = new Installation({ client, taskQueue, temporalUiUrl: null })
    const states = await Promise.all(Array.from({ length: 20 }, () => installation.hubSpot()))
    expect(states).toHaveLength(20)
    await expect.poll(async () => (await installation.hubSpot())?.state.circuit.state).toBe('closed')
    expect((await installation.hubSpot())?.worker).toContain(`${process.pid}@`)
    expect(questions).toBe(1)
    const left = `WorkflowType = 'crmState' AND TaskQueue = '${taskQueue}'`
    await expect.poll(async () => (await client.workflow.count(left)).count).toBe(0)
  })

  itAlone('is the state of now for the first who looks after a while', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const workers = ['one', 'another']
    const handle = { workflowId: 'a question', result: async () => await Promise.resolve({ worker: workers.shift() }) }
    const client = {
      options: { namespace: 'default' },
      workflow: { start: async () => await Promise.resolve(handle) },
      workflowService: { deleteWorkflowExecution: async () => await Promise.resolve() },
      withDeadline: async (_: number, call: () => Promise<unknown>) => await call(),
    } as unknown as Client
    const states = new CrmStates(client, 'a task queue')
    expect(await states.latest()).toEqual({ worker: 'one' })
    vi.advanceTimersByTime(60_000)
    expect(await states.latest()).toEqual({ worker: 'another' })
  })

  itOnAWorkerOfItsOwn('is unknown without a worker, and the overview says that none polls', async ({ onramp }) => {
    await onramp.stopWorker()
    const { visit } = await consoleSession(onramp)
    const page = await (await visit('/console')).text()
    expect(page).toContain('No worker says how HubSpot is')
  })
})

describe('without Temporal', () => {
  itAlone('the overview answers 503 with a page that says so', async () => {
    const { visit } = await consoleSession(testApi({ address: '127.0.0.1:1' }))
    const response = await visit('/console')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.text()).toContain('Temporal is unavailable')
  })

  itAlone(
    'a command that Temporal rejects answers 503 with Retry-After, and the log has one line about it',
    async () => {
      const lines: string[] = []
      const { submit } = await consoleSession(testApi({ namespace: 'missing', onLog: (line) => lines.push(line) }))
      const response = await submit('/console/customers/cus_1/resume')
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('1')
      expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
        expect.objectContaining({
          msg: 'Temporal rejected a request',
          code: 'temporal-unavailable',
          path: '/console/customers/:customerId/resume',
        }),
      ])
    },
  )
})

describe('a resume of chosen customers', () => {
  itOnAWorkerOfItsOwn(
    'names those whom it could not resume, and judges them by no earlier resume',
    async ({ onramp }) => {
      const { customerId } = onramp
      await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, times: 2, effect: { kind: 'status', status: 400 } })
      await onramp.registered()
      await waitUntilParkedAt(onramp, 'company')
      const { visit, submit } = await consoleSession(onramp)
      const resume = async () => {
        const { headers } = await submit('/console/attention/resume', { customer: customerId })
        return headers.get('location') ?? ''
      }
      expect(await resume()).toBe(`/console/resumed?customer=${customerId}`)

      await onramp.stopWorker()
      const location = await resume()
      expect(location).toBe(`/console/resumed?not-resumed=${customerId}`)
      const page = (await (await visit(location)).text()).replaceAll(/\s+/g, ' ')
      expect(page).toContain('1 not resumed')
      expect(page).toContain('>not resumed<')
      expect(page).toContain(`/console/live/resumed?not-resumed=${customerId}`)
    },
  )

  it('does not name those who were no longer parked', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { submit } = await consoleSession(onramp)
    const { headers } = await submit('/console/attention/resume', { customer: onramp.customerId })
    expect(headers.get('location')).toBe(`/console/resumed?customer=${onramp.customerId}`)
  })
})

describe('a command that is rejected', () => {
  it('shows the customer with the reason: 409 when nothing is parked, and 404 for an unknown id', async ({
    onramp,
  }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { submit } = await consoleSession(onramp)
    const response = await submit(`/console/customers/${onramp.customerId}/resume`)
    expect(response.status).toBe(409)
    expect(await response.text()).toContain('Nothing is parked')
    expect((await submit('/console/customers/nobody/resync')).status).toBe(404)
  })

  it('of a parked customer corrects nothing without a value: 422', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, times: 1, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await waitUntilParkedAt(onramp, 'company')
    const { submit } = await consoleSession(onramp)
    const response = await submit(`/console/customers/${onramp.customerId}/correct`, { 'field.phone': ' ' })
    expect(response.status).toBe(422)
    expect(await response.text()).toContain('needs at least one field')
  })
})
