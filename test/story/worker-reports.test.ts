// What a worker tells whoever is on call: its metrics, its log, and whether it is ready.

import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished } from 'vitest'
import { onrampWith } from '../support/onramp.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

describe('a worker', () => {
  it('draft', { timeout: 60_000 }, async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    const customerId = `cus_${randomUUID()}`
    await onramp.registered({ customerId, email: `${customerId}@example.com`, company: { name: 'A' } })
    await onramp.reaches('onboarded', customerId)
    writeFileSync('/tmp/metrics-dump.txt', (await worker.metrics()) + '\n\n' + worker.output())
    writeFileSync('/tmp/metrics-ready.txt', JSON.stringify(await worker.ready()))
    expect(1).toBe(1)
  })
})
