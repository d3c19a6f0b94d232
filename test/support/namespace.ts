// A Temporal namespace for one test file, for tests that read or change all customers at once.

import { randomUUID } from 'node:crypto'
import type { Connection } from '@temporalio/client'
import { inject } from 'vitest'
import { NO_KEYS } from '../../platform/payloads/key-ring.ts'
import { registerSearchAttributes } from '../../platform/search-attributes.ts'
import { createClient, temporalProblem } from '../../platform/temporal.ts'

let namespace: Promise<string> | null = null

/** The name of the namespace, which is created once for each test file. */
export async function ownNamespace(): Promise<string> {
  return await (namespace ??= createNamespace())
}

async function createNamespace(): Promise<string> {
  const name = `test-${randomUUID()}`
  const connectionOptions = { address: inject('temporalAddress') }
  const client = createClient({ connectionOptions, namespace: name }, NO_KEYS)
  const { workflowService } = client.connection as Connection
  const retention = { seconds: 86_400 } as never
  await workflowService.registerNamespace({ namespace: name, workflowExecutionRetentionPeriod: retention })
  // The services of the server learn of a new namespace one after the other.
  await until(() => registerSearchAttributes(client, () => {}))
  await until(async () => {
    const problem = await temporalProblem(client, 2000)
    if (problem !== null) throw new Error(`${name} is not ready: ${problem}`)
  })
  await client.connection.close()
  return name
}

async function until(call: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      await call()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
