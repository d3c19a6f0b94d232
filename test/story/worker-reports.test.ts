// What a worker shows to the engineer on call: a customer's story in its log and its metrics, and whether it is ready.

import { randomUUID } from 'node:crypto'
import { describe, expect, inject, onTestFinished } from 'vitest'
import { ONBOARDING_WORKFLOW, onboardingId } from '../../domain/ids.ts'
import { TEMPORAL_METRICS } from '../../platform/temporal-metrics.ts'
import { rejectionOf, resume } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import { workflowOf } from '../support/story.ts'
import { sendCommand } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'
import type { WorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

interface Line {
  msg: string
  level: string
  [field: string]: unknown
}

const linesOf = (worker: WorkerProcess): Line[] =>
  worker
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

describe('G12 · a worker', () => {
  it('has a customer’s story in its log and its metrics, without a value', async ({ onramp }) => {
    const { customerId } = onramp
    const worker = await startWorkerProcess(onramp, { LOG_LEVEL: 'info' })
    onTestFinished(() => worker.kill())
    const logged = (msg: string) => linesOf(worker).filter((line) => line.customerId === customerId && line.msg === msg)
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.createContact,
      times: 1,
      effect: rejectionOf('email', 'INVALID_EMAIL'),
    })
    await onramp.registered({ firstName: 'Canary', phone: 'canary' })
    await expect.poll(() => logged('a customer is parked')).toHaveLength(1)
    expect(logged('a customer is parked')[0]).toMatchObject({
      level: 'warn',
      step: 'contact',
      reason: 'refused-by-hubspot',
      fields: ['email'],
      codes: ['INVALID_EMAIL'],
      cause: expect.stringContaining('INVALID_EMAIL') as string,
    })

    expect((await resume(onramp)).status).toBe(202)
    await onramp.reaches('onboarded')
    await expect
      .poll(() => logged('a customer has reached a phase').map(({ phase }) => phase))
      .toEqual(['company', 'contact', 'association', 'onboarded'])
    expect(logged('an operator gave a command')).toMatchObject([{ level: 'info', command: 'resume', by: 'unnamed' }])
    // The line of ours replaces the SDK's own warning.
    expect(worker.output()).not.toContain('Activity failed')
    expect(worker.output()).not.toMatch(/canary|ada@/i)

    const metrics = await worker.metrics()
    for (const line of [
      'onramp_onboarded_seconds_count 1',
      'onramp_event_written_seconds_count 2',
      'onramp_parked_total{reason="refused-by-hubspot",step="contact"} 1',
      'onramp_hubspot_calls_total{kind="contact.create",status="400"} 1',
      'onramp_hubspot_calls_total{kind="contact.create",status="201"} 1',
      'onramp_hubspot_call_seconds_count{kind="contact.create"} 2',
      'onramp_hubspot_rows_bucket{le="1",kind="contact.create"} 2',
      'onramp_hubspot_limited_total{policy="ten-seconds"} 0',
      'onramp_oldest_unwritten_event_seconds 0',
    ])
      expect(metrics).toContain(`${line}\n`)
    // Temporal's SDK shows an activity's wait and a failure only once there is one.
    const temporal = Object.keys(TEMPORAL_METRICS).filter(
      (name) => !/activity_schedule_to|failure|execution_failed/.test(name),
    )
    for (const name of temporal) expect(metrics).toContain(`# TYPE ${name} ${TEMPORAL_METRICS[name]?.type}\n`)
    expect(metrics).toContain('temporal_activity_schedule_to_start_latency_seconds')

    expect((await sendCommand(onramp.app, 'DELETE', `/v1/customers/${customerId}`)).status).toBe(202)
    await onramp.reaches('erased')
    expect(logged('an operator gave a command').at(-1)).toMatchObject({ command: 'erase' })
    await workflowOf(onramp).executeUpdate('liftErasure', { args: [{ by: 'grace' }] })
    await expect
      .poll(() => logged('an operator gave a command').at(-1))
      .toMatchObject({ command: 'lift-erasure', by: 'grace' })
  })

  it('logs a command that arrives just before the run continues as new', async ({ onramp }) => {
    const { client, customerId, taskQueue } = onramp
    const worker = await startWorkerProcess(onramp, { LOG_LEVEL: 'info' })
    onTestFinished(() => worker.kill())
    // The command arrives during the look-up, which makes the first run longer than this. The next run makes no call.
    const settings = { continueAsNewAtEvents: 12 }
    await onramp.portal.fault({ times: 1, effect: { kind: 'delay', ms: 900 } })
    const onboarding = await client.workflow.start(ONBOARDING_WORKFLOW, {
      workflowId: onboardingId(customerId),
      taskQueue,
      args: [{ customerId, settings }],
    })
    await onboarding.executeUpdate('resync', { args: [{ by: 'grace' }] })
    const commands = () => linesOf(worker).filter(({ msg }) => msg === 'an operator gave a command')
    await expect.poll(commands).toMatchObject([{ customerId, command: 'resync', by: 'grace' }])
  })

  it('says in its first line which version runs with which settings, without their values', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp, { HUBSPOT_RESERVE: '7' })
    onTestFinished(() => worker.kill())
    const [first] = linesOf(worker)
    expect(first).toMatchObject({
      level: 'info',
      part: 'worker',
      host: expect.any(String) as string,
      pid: expect.any(Number) as number,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      portalId: expect.stringMatching(/^\d+$/) as string,
      apiVersion: '2026-09',
      namespace: inject('temporalNamespace'),
      taskQueue: onramp.taskQueue,
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
      hasEnvFile: false,
      msg: 'the process starts',
    })
    expect(first?.settings).toEqual(expect.arrayContaining(['HUBSPOT_RESERVE', 'PAYLOAD_KEYS', 'TEMPORAL_TASK_QUEUE']))
    expect(first?.settings).not.toContain('LOG_LEVEL')
  })

  it('shows how old the oldest unwritten event is, and is degraded, while HubSpot is unavailable', async ({
    onramp,
  }) => {
    const worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    await onramp.portal.fault({ times: null, effect: { kind: 'status', status: 503 } })
    const customers = Array.from({ length: 3 }, () => `cus_${randomUUID()}`)
    for (const customerId of customers) await onramp.registered({ customerId, email: `${customerId}@example.com` })
    await expect
      .poll(() => worker.ready())
      .toEqual({ status: 200, body: { status: 'degraded', reasons: ['hubspot-unavailable'] } })
    const ageOfOldest = async () =>
      Number(/^onramp_oldest_unwritten_event_seconds (\S+)$/m.exec(await worker.metrics())?.[1])
    await expect.poll(ageOfOldest).toBeGreaterThan(3)

    await onramp.portal.clearFaults()
    for (const customerId of customers) await onramp.reaches('onboarded', customerId)
    await expect.poll(ageOfOldest).toBe(0)
    expect(await worker.ready()).toEqual({ status: 200, body: { status: 'ok' } })
  })
})
