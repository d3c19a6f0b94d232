// How a worker finds a port for the metrics of Temporal's SDK.

import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TemporalMetrics } from '../../platform/temporal-metrics.ts'

const IN_USE = 'Failed to start prometheus metrics exporter: Address already in use (os error 98)'

describe('the exporter of Temporal’s SDK', () => {
  it('gets another port when a process has taken the first one meanwhile', async () => {
    const metrics = new TemporalMetrics()
    expect(await metrics.text()).toBe('')
    const addresses: string[] = []
    await metrics.install(({ prometheus }) => {
      addresses.push(prometheus.bindAddress)
      if (addresses.length < 3) throw new Error(IN_USE)
      const [host, port] = prometheus.bindAddress.split(':')
      const server = createServer((_, response) => response.end('temporal_num_pollers 1\n')).listen(Number(port), host)
      onTestFinished(() => void server.close())
    })
    expect(new Set(addresses).size).toBe(3)
    await expect.poll(() => metrics.text()).toBe('temporal_num_pollers 1\n')
  })

  it('says that it got none, when it fails again and again', async () => {
    const installed = new TemporalMetrics().install(() => {
      throw new Error(IN_USE)
    })
    await expect(installed).rejects.toThrow(/metrics of Temporal’s SDK .*127\.0\.0\.1.*Address already in use/)
  })
})
