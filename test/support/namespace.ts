// A Temporal namespace of a test file's own, for what looks at or changes all customers at once.

import { randomUUID } from 'node:crypto'
import type { Connection } from '@temporalio/client'
import { inject } from 'vitest'
import { createClient, registerSearchAttributes } from '../../platform/temporal.ts'

let made: Promise<string> | null = null

/** Its name; made once for each test file. */
export async function ownNamespace(): Promise<string> {
  return await (made ??= makeNamespace())
}

async function makeNamespace(): Promise<string> {
  const namespace = `test-${randomUUID()}`
  const client = createClient({ connectionOptions: { address: inject('temporalAddress') }, namespace })
  const { workflowService } = client.connection as Connection
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 } as never })
  // The server's parts hear of a new namespace one after the other.
  await until(() => registerSearchAttributes(client, () => {}))
  await until(() => client.workflow.count(`OnboardingPhase = 'company' AND OnboardingAttention = 'none'`))
  await client.connection.close()
  return namespace
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
