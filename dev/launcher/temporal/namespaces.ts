// Namespaces of tests and proofs on a running Temporal server: created ready for onramp, and deleted afterwards.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Connection } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../../../domain/onboarding.ts'
import { NO_KEYS } from '../../../platform/payloads/key-ring.ts'
import { registerSearchAttributes } from '../../../platform/search-attributes.ts'
import { createClient, GRPC, grpcCode } from '../../../platform/temporal.ts'

export interface NamespaceOptions {
  /** `host:port`, without TLS. */
  address: string
  /** How long the server may take. Its services read the list of namespaces every ten seconds. */
  timeoutMs: number
}

const TRY_EVERY_MS = 100
const RETENTION_SECONDS = 86_400
const PROBE = 'namespace-probe'

/**
 * Creates the namespace with onramp's search attributes, and returns when every service of the server knows both.
 *
 * @throws Error with the server's last answer when that takes longer than `timeoutMs`
 */
export async function createNamespace(name: string, { address, timeoutMs }: NamespaceOptions): Promise<void> {
  const client = createClient({ connectionOptions: { address }, namespace: name }, NO_KEYS)
  try {
    const { workflowService } = client.connection as Connection
    const workflowExecutionRetentionPeriod = { seconds: RETENTION_SECONDS } as never
    await workflowService.registerNamespace({ namespace: name, workflowExecutionRetentionPeriod })
    const deadline = Date.now() + timeoutMs
    await until(deadline, () => registerSearchAttributes(client, () => {}))
    const probe = probeOf(client)
    await until(deadline, () => workflowService.startWorkflowExecution(probe))
    await until(deadline, () => findProbe(client))
  } catch (error) {
    throw new Error(`The namespace ${name} on ${address} does not become ready: ${messageOf(error)}`, { cause: error })
  } finally {
    await client.connection.close()
  }
}

/** Deletes all namespaces whose name begins so, with their workflows. The server does the latter later. */
export async function deleteNamespaces(prefix: string, address: string): Promise<void> {
  const client = createClient({ connectionOptions: { address }, namespace: 'default' }, NO_KEYS)
  try {
    const { workflowService, operatorService } = client.connection as Connection
    const { namespaces } = await workflowService.listNamespaces({ pageSize: 1_000 })
    for (const { namespaceInfo } of namespaces) {
      const namespace = namespaceInfo?.name ?? ''
      if (namespace.startsWith(prefix)) await operatorService.deleteNamespace({ namespace })
    }
  } finally {
    await client.connection.close()
  }
}

/** Whether the server has Temporal's time skipping (`frontend.WorkflowTimeSkippingEnabled`). */
export async function skipsTime(namespace: string, address: string): Promise<boolean> {
  const client = createClient({ connectionOptions: { address }, namespace }, NO_KEYS)
  try {
    const request = { ...probeOf(client), timeSkippingConfig: { enabled: true } }
    await client.workflowService.startWorkflowExecution(request)
    await client.workflow.getHandle(PROBE).terminate('the server has time skipping')
    return true
  } catch (error) {
    if (grpcCode(error) !== GRPC.unimplemented) throw error
    return false
  } finally {
    await client.connection.close()
  }
}

/** The start of a workflow with every search attribute, which no worker runs. The server rejects it while it lacks one. */
function probeOf(client: Client) {
  const encode = (text: string) => ({ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) })
  const valueOf = (type: string) => encode(JSON.stringify(type === 'KeywordList' ? [PROBE] : PROBE))
  const values = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, valueOf(type)])
  return {
    namespace: client.options.namespace,
    workflowId: PROBE,
    workflowType: { name: PROBE },
    taskQueue: { name: PROBE },
    requestId: randomUUID(),
    searchAttributes: { indexedFields: Object.fromEntries(values) },
  }
}

async function findProbe(client: Client): Promise<void> {
  const query = Object.keys(SEARCH_ATTRIBUTES).map((name) => `${name} = '${PROBE}'`)
  const { count } = await client.workflow.count(query.join(' AND '))
  if (count === 0) throw new Error('A workflow is not found by its search attributes.')
  await client.workflow.getHandle(PROBE).terminate('the namespace is ready')
}

async function until(deadline: number, call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await call()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(TRY_EVERY_MS)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
