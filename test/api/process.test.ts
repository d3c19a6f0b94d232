// The API as a process: how it stops, and which message it prints when it cannot start.

import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { valuesOf } from '../../dev/proof/payload-values.ts'
import { onboardingId } from '../../domain/ids.ts'
import { testApi } from '../support/api.ts'
import { startProcess } from '../support/process.ts'
import { untilQuick } from '../support/quick.ts'
import { signedRequest, WEBHOOK_SECRET } from '../support/sender.ts'
import { freePort } from '../support/temporal.ts'

const SENDERS = 8

describe('an API that gets SIGTERM under load', () => {
  it('finishes its open requests and exits with 0 within three seconds; every event answered 202 is stored', async () => {
    const { tookMs } = await untilQuick(3_000, stopUnderLoad)
    expect(tookMs).toBeLessThan(3_000)
  })

  async function stopUnderLoad(): Promise<{ tookMs: number }> {
    const { api, url } = await startApi()
    const senders = Array.from({ length: SENDERS }, () => new Sender(url))
    const sending = Promise.all(senders.map((sender) => sender.sendUntilClosed()))
    await expect.poll(() => Math.min(...senders.map(({ responses }) => responses.length))).toBeGreaterThan(5)
    const startedAt = performance.now()
    expect(await api.end('SIGTERM')).toBe(0)
    const tookMs = performance.now() - startedAt
    await sending

    for (const { customerId, responses, unanswered } of senders) {
      expect(responses.filter(({ status }) => status !== 202 && status !== 503)).toEqual([])
      const stored = await storedEvents(customerId)
      expect(stored).toContain(responses.findLast(({ status }) => status === 202)?.id)
      // The API may close a connection before a request, but never during one.
      expect(stored).not.toContain(unanswered)
    }
    return { tookMs }
  }
})

/** Sends one event after the other on a connection that stays open, as the busy product does. */
class Sender {
  readonly customerId = `cus_${randomUUID()}`
  readonly responses: { id: string; status: number }[] = []
  /** The event without a response. */
  unanswered: string | null = null
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Sends until an event gets no response. */
  async sendUntilClosed(): Promise<void> {
    for (;;) {
      const id = `evt_${randomUUID()}`
      const response = await this.#post(id).catch(() => null)
      if (response === null) return void (this.unanswered = id)
      await response.arrayBuffer()
      this.responses.push({ id, status: response.status })
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
  const { client } = testApi()
  const handle = client.workflow.getHandle(onboardingId(customerId))
  const { events } = await handle.fetchHistory()
  await handle.terminate('the test is over')
  const payloads = events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [])
  return ((await valuesOf(client, onboardingId(customerId), payloads)) as { id: string }[]).map(({ id }) => id)
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

describe('an API that starts', () => {
  it('says in its first line which version runs with which settings, without their values', async () => {
    const { api } = await startApi()
    const [first = ''] = api.output().split('\n')
    expect(JSON.parse(first)).toMatchObject({
      level: 'info',
      part: 'api',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      namespace: 'default',
      taskQueue: 'nobody-listens',
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
      settings: expect.arrayContaining(['WEBHOOK_SECRETS', 'PAYLOAD_KEYS', 'METRICS_PORT']) as string[],
      hasEnvFile: false,
      msg: 'the process starts',
    })
    expect(first).not.toContain(WEBHOOK_SECRET)
  })
})

const WRONG = [
  { variable: 'TEMPORAL_ADDRESS', value: 'http://127.0.0.1:1' },
  { variable: 'TEMPORAL_PROFILE', value: 'no-such-profile' },
]

describe.each(['api/main.ts', 'worker/main.ts', 'worker/setup.ts'] as const)('%s', (entry) => {
  it.each(WRONG)(
    'exits with 1 and names $variable, without its value or a stack trace',
    async ({ variable, value }) => {
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
    },
  )
})
