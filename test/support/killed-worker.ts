// A worker without Temporal that dies after any of its calls to HubSpot: HubSpot executes the call, and nobody gets the response.

import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Crm } from '../../domain/crm.ts'
import { createHubSpot } from '../../hubspot/client/client.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { createHubSpotCrm } from '../../hubspot/crm.ts'
import type { Calling } from '../../workflows/activities.ts'
import type { Customer } from '../../workflows/customer/customer.ts'
import type { Run } from '../../workflows/run.ts'
import { associate, lookUp, perform, registerCompany, registerContact, writeChanges } from '../../workflows/steps.ts'
import { DEFAULT_POLICIES } from './hubspot-portal.ts'
import { simulation } from './simulated-activities.ts'

/** What HubSpot answers instead of executing the call, by the body of the call; `null` when it executes the call. */
export type Answer = (body: string) => { status: number; body: string } | null

/** `diesAfter`: how many calls the worker makes before its process ends. `onCall`: called when HubSpot has executed a call. */
export interface WorkerOptions {
  hubspotUrl: string
  answer: Answer
  diesAfter?: number
  onCall?: (count: number) => void
}

export interface Worker {
  crm: Crm
  /** The calls that HubSpot has executed. */
  calls(): number
  stop(): Promise<void>
}

const workers = new AsyncLocalStorage<Crm>()
const NO_RUN = {
  until: async (isMet: () => boolean) => {
    if (!isMet()) throw new Error('The onboarding waits, and nothing follows')
  },
  call: async (_step: string, calling: (how: Calling) => Promise<unknown>) =>
    await calling({ priority: 'live', beginsAs: 'local', becomesRegular: () => {} }),
  deliverMessages: async () => {},
  pauseBeforeRepeat: async () => {
    throw new Error('The step is repeated with the same values')
  },
  resetPause: () => {},
} as unknown as Run

export async function startKillableWorker({
  hubspotUrl,
  answer,
  diesAfter = Infinity,
  onCall = () => {},
}: WorkerOptions): Promise<Worker> {
  let calls = 0
  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    if (calls >= diesAfter) return void request.socket.destroy()
    const count = (calls += 1)
    const given = answer(body)
    const answered = given
      ? new Response(given.body, { status: given.status, headers: { 'content-type': 'application/json' } })
      : await fetch(hubspotUrl + request.url, {
          method: request.method ?? 'GET',
          headers: { accept: 'application/json', authorization: 'Bearer test', 'content-type': 'application/json' },
          ...(body !== '' && { body }),
        })
    const received = await answered.text()
    onCall(count)
    if (count >= diesAfter) return void request.socket.destroy()
    const { connection: _, 'transfer-encoding': __, ...headers } = Object.fromEntries(answered.headers)
    response.writeHead(answered.status, headers).end(received)
  }
  const server = createServer((request, response) => {
    forward(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hubspot = createHubSpot({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accessToken: 'test',
    apiVersion: '2026-09',
    circuitBreaker: { probeSeconds: 1, onChange: () => {} },
    timeoutMs: 10_000,
    scheduler: new QuotaScheduler({ callsPer10s: 100_000 }),
  })
  return {
    crm: createHubSpotCrm(hubspot, { policies: DEFAULT_POLICIES }),
    calls: () => calls,
    async stop() {
      await hubspot.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Plays the story of onboard-customer.ts until nothing is due. Each step is a local activity.
 *
 * @throws an error when the worker is dead
 */
export async function play({ crm }: Worker, customer: Customer): Promise<void> {
  simulation.call = (name, argument) => {
    const current = workers.getStore()
    if (!current) throw new Error('No worker makes this call')
    return (current[name] as (draft: unknown) => unknown)(argument)
  }
  await workers.run(crm, async () => {
    await perform(lookUp, customer, NO_RUN)
    for (let round = 0; round < 5; round += 1) {
      for (const step of [registerCompany, registerContact, associate] as Parameters<typeof perform>[0][])
        await perform(step, customer, NO_RUN)
      await writeChanges(customer, NO_RUN)
      if (!customer.hasWork) return
    }
    throw new Error('There is always something to do')
  })
}
