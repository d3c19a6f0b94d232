// The API as a process of its own: how it ends, and what it says when it cannot begin.

import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { testApi } from '../support/api.ts'
import { startProcess } from '../support/process.ts'
import { signedRequest, WEBHOOK_SECRET } from '../support/sender.ts'
import { freePort } from '../support/temporal.ts'

const SENDERS = 8

describe('an API that is told to stop while events pour in', () => {
  it('answers what it has begun and ends with 0 within three seconds; what is answered 202 is stored', async () => {
    const { api, url } = await startApi()
    const senders = Array.from({ length: SENDERS }, () => new Sender(url))
    const sending = Promise.all(senders.map((sender) => sender.sendOn()))
    await expect.poll(() => Math.min(...senders.map(({ answers }) => answers.length))).toBeGreaterThan(5)

    const begun = performance.now()
    expect(await api.end('SIGTERM')).toBe(0)
    expect(performance.now() - begun).toBeLessThan(3_000)
    await sending

    for (const { customerId, answers, unanswered } of senders) {
      expect(answers.filter(({ status }) => status !== 202 && status !== 503)).toEqual([])
      const stored = await storedEvents(customerId)
      expect(stored).toContain(answers.findLast(({ status }) => status === 202)?.id)
      // A connection may be closed before a request, never in the middle of one.
      expect(stored).not.toContain(unanswered)
    }
  })
})

/** The product at its busiest: one event after the other over a connection that it keeps. */
class Sender {
  readonly customerId = `cus_${randomUUID()}`
  readonly answers: { id: string; status: number }[] = []
  /** The event after which it gave up. */
  unanswered: string | null = null
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Ends when one is not answered. */
  async sendOn(): Promise<void> {
    for (;;) {
      const id = `evt_${randomUUID()}`
      const answer = await this.#post(id).catch(() => null)
      if (answer === null) return void (this.unanswered = id)
      await answer.arrayBuffer()
      this.answers.push({ id, status: answer.status })
    }
  }

  async #post(id: string): Promise<Response> {
    const data = { customerId: this.customerId, phone: '1' }
    const body = JSON.stringify({ type: 'customer.updated', timestamp: new Date().toISOString(), data })
    const { headers } = signedRequest(body, { id })
    return await fetch(`${this.#url}/webhooks/customers`, { method: 'POST', headers, body })
  }
}

async function storedEvents(customerId: string): Promise<string[]> {
  const handle = testApi().client.workflow.getHandle(onboardingId(customerId))
  const { events } = await handle.fetchHistory()
  await handle.terminate('the test is over')
  const payloads = events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [])
  return (payloads ?? []).map(({ data }) => (JSON.parse(Buffer.from(data ?? []).toString()) as { id: string }).id)
}

async function startApi() {
  const port = await freePort()
  const api = startProcess('api/main.ts', {
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    TEMPORAL_TASK_QUEUE: 'nobody-listens',
    PORT: String(port),
    METRICS_PORT: '0',
  })
  onTestFinished(async () => void (await api.end('SIGKILL')))
  const url = `http://127.0.0.1:${port}`
  await api.waitForResponse(`${url}/health/ready`, ({ ok }) => ok)
  return { api, url }
}

const WRONG = [
  { variable: 'TEMPORAL_ADDRESS', value: 'http://127.0.0.1:1' },
  { variable: 'TEMPORAL_PROFILE', value: 'no-such-profile' },
]

describe.each(['api/main.ts', 'worker/main.ts', 'worker/setup.ts'] as const)('%s', (entry) => {
  it.each(WRONG)('ends with 1 and names $variable, without its value or a stack', async ({ variable, value }) => {
    const started = startProcess(entry, {
      WEBHOOK_SECRETS: WEBHOOK_SECRET,
      HUBSPOT_BASE_URL: 'http://127.0.0.1:1',
      PORT: '0',
      METRICS_PORT: '0',
      [variable]: value,
    })
    onTestFinished(async () => void (await started.end('SIGKILL')))
    expect(await started.ended).toBe(1)
    expect(started.output()).toMatch(new RegExp(`^The settings cannot be used:\\n {2}${variable}\\b.*\\n$`))
    expect(started.output()).not.toContain(value)
  })
})
