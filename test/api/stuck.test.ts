// /v1/stuck and `npm run customer -- reset-stuck`: the log names the operator, and the end names those who do not go on.

import type { Client } from '@temporalio/client'
import { describe, expect } from 'vitest'
import { Problem } from '../../api/problems/problem.ts'
import { explainSilence } from '../../api/temporal/stuck-workflow.ts'
import { testApi } from '../support/api.ts'
import { against, aScriptedApi, run } from '../support/customer-cli.ts'
import type { Scripted } from '../support/customer-cli.ts'
import { aStuckCustomer } from '../support/given.ts'
import { onrampWith } from '../support/onramp.ts'
import { sendCommand } from '../support/sender.ts'

const it = onrampWith({ namespace: 'own' })

describe('POST /v1/stuck/reset', () => {
  it('is one line in the log, with the name of the token', async ({ onramp }) => {
    await aStuckCustomer(onramp)
    const lines: string[] = []
    const { app } = testApi({
      taskQueue: onramp.taskQueue,
      namespace: onramp.client.options.namespace,
      operatorTokens: ['ada=token-of-ada-with-20-characters'],
      onLog: (line) => lines.push(line),
    })
    const reset = await sendCommand(app, 'POST', '/v1/stuck/reset', 'token-of-ada-with-20-characters')
    expect(reset.status).toBe(202)
    const line = lines.find((each) => each.includes('an operator resets the stuck runs'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ by: 'ada', count: expect.any(Number) })
  })
})

describe('reset-stuck', () => {
  it('names a customer who is stuck again, and exits with 1', async ({ onramp }) => {
    const customerId = await aStuckCustomer(onramp)
    expect(await against(onramp, ['attention'])).toMatchObject({
      output: expect.stringMatching(new RegExp(`task-fails +WorkflowWorkerUnhandledFailure +\\d.*${customerId}`)),
    })
    const { output, exitCode } = await against(onramp, ['reset-stuck'])
    expect(output).toMatch(new RegExp(`^Stuck again: .*${customerId}`, 'm'))
    expect(exitCode).toBe(1)
  })

  const hung: Scripted = [503, { code: 'hung' }]
  const progress = { state: 'completed', total: 2, reset: 2, failed: 0, since: '2026-11-24T09:00:00.000Z' }
  const stuck = (customerId: string) => ({ customerId, kind: 'task-fails', cause: 'NonDeterministicError' })
  const anApi = async (customers: { [customerId: string]: Scripted[] }, jobs: Scripted[] = [[200, progress]]) =>
    await aScriptedApi({
      'GET /v1/stuck': [200, { customers: Object.keys(customers).map(stuck), hasMore: false }],
      'POST /v1/stuck/reset': [202, { count: 2, job: 'stuck-1' }, { location: '/v1/stuck/reset/stuck-1' }],
      'GET /v1/stuck/reset/stuck-1': jobs,
      ...Object.fromEntries(Object.entries(customers).map(([id, statuses]) => [`GET /v1/customers/${id}`, statuses])),
    })

  it('asks nobody before Temporal has reset all, and does not take the first answers for the end', async () => {
    await using api = await anApi(
      {
        cus_1: [hung, hung, hung, [200, {}]],
        cus_2: [
          [200, {}],
          [503, { code: 'no-worker' }],
          [200, {}],
        ],
      },
      [
        [200, { ...progress, state: 'running', total: 0, reset: 0 }],
        [200, { ...progress, state: 'running', total: 0, reset: 0 }],
        [200, progress],
      ],
    )
    const { output, exitCode } = await run(['reset-stuck'], api.env)
    expect(output).toContain('2 of 2 customers go on, 0 are stuck again, 0 have no answer.')
    expect(exitCode).toBe(0)
    const last = api.requests.lastIndexOf('GET /v1/stuck/reset/stuck-1')
    expect(api.requests.slice(0, last).filter((each) => each.includes('/v1/customers/'))).toEqual([])
  })

  it('exits with 1 when nobody answers in time, and when it does not know all customers', async () => {
    await using silent = await anApi({ cus_1: [[503, { code: 'no-worker' }]], cus_2: [[200, {}]] })
    const ended = await run(['reset-stuck', '--timeout', '4'], silent.env)
    expect(ended.output).toContain('1 of 2 customers go on, 0 are stuck again, 1 have no answer.\n')
    expect(ended.output).toContain('Without an answer after 4 seconds: cus_1.')
    expect(ended.exitCode).toBe(1)

    await using more = await anApi({ cus_1: [[200, {}]] })
    const { output, exitCode } = await run(['reset-stuck', '--json'], more.env)
    expect(output).toContain(
      JSON.stringify({
        state: 'completed',
        total: 2,
        reset: 2,
        failed: 0,
        goOn: 1,
        stuckAgain: [],
        withoutAnswer: [],
        notFollowed: 1,
      }),
    )
    expect(exitCode).toBe(1)
  })
})

describe('a customer whose version no worker has', () => {
  const ramping = { deploymentName: 'onramp', buildId: 'one' }
  const aClient = (pollers: object[], routing: object): Client =>
    ({
      options: { namespace: 'default' },
      withDeadline: async (_: number, call: () => Promise<unknown>) => await call(),
      workflow: {
        getHandle: () => ({
          describe: async () =>
            await Promise.resolve({
              taskQueue: 'onramp',
              raw: {
                workflowExecutionInfo: {
                  versioningInfo: { behavior: 1, deploymentVersion: { deploymentName: 'onramp', buildId: 'one' } },
                },
              },
            }),
        }),
      },
      workflowService: {
        getWorkflowExecutionHistoryReverse: async () => await Promise.resolve({ history: { events: [] } }),
        describeTaskQueue: async () =>
          await Promise.resolve({
            pollers,
            versioningInfo: { currentDeploymentVersion: { deploymentName: 'onramp', buildId: 'two' }, ...routing },
          }),
      },
    }) as unknown as Client
  const pollerAgo = (seconds: number) => ({
    lastAccessTime: { seconds: Date.now() / 1000 - seconds },
    deploymentOptions: { deploymentName: 'onramp', buildId: 'one', workerVersioningMode: 2 },
  })
  const explained = async (pollers: object[], routing = {}) => {
    const noWorker = () => Promise.reject(new Problem('no-worker'))
    return await explainSilence(aClient(pollers, routing), 'onboarding/cus_1', noWorker).catch(
      (error: unknown) => error,
    )
  }

  it('is hung, and the detail names version and command', async () => {
    for (const pollers of [[], [pollerAgo(91)]])
      expect(await explained(pollers)).toMatchObject({
        code: 'hung',
        options: { detail: expect.stringMatching(/version onramp:one, .*reset-stuck/) },
      })
  })

  it('only has no worker at the moment while one has polled lately', async () => {
    expect(await explained([pollerAgo(80)])).toMatchObject({ code: 'no-worker' })
  })

  it('only has no worker at the moment while the version ramps up, and is hung when that has ended', async () => {
    const routing = { rampingDeploymentVersion: ramping, rampingVersionPercentage: 5 }
    expect(await explained([], routing)).toMatchObject({ code: 'no-worker' })
    expect(await explained([], { ...routing, rampingVersionPercentage: 0 })).toMatchObject({ code: 'hung' })
  })
})
