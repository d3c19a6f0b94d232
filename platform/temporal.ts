// Connects to Temporal with its standard profiles and TEMPORAL_ variables and with our data converter.

import {
  Client,
  Connection,
  isGrpcServiceError,
  isRetryableError,
  makeGrpcRetryInterceptor,
  ServiceError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import type { GrpcRetryOptions } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import type { ClientConnectConfig } from '@temporalio/envconfig'
import { dataConverter } from './payloads/data-converter.ts'
import type { KeyRing } from './payloads/key-ring.ts'

/** Address, namespace, TLS and API key from the environment or a profile file, as the Temporal CLI reads them. */
export function temporalSettings(): ClientConnectConfig & { namespace: string } {
  const settings = loadClientConnectConfig()
  return { ...settings, namespace: settings.namespace ?? 'default' }
}

/** The gRPC status codes that onramp distinguishes. */
export const GRPC = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
}

// Temporal rejects signals for some milliseconds while a workflow continues as new, and the SDK would retry only after 1.7 s.
// The SDK's pauses also ignore a call's deadline, so our pauses are much shorter than our deadline of three seconds.
const RETRIES: GrpcRetryOptions = {
  delayFunction: (attempt, status) =>
    (isThrottled(status) ? 300 : Math.min(100, 30 * 1.5 ** (attempt - 1))) * (0.5 + Math.random()),
  // Many retries would keep a throttled namespace over its limit. Our own caller retries instead, after a pause.
  retryableDecider: (attempt, status) => attempt <= (isThrottled(status) ? 2 : 30) && isRetryableError(status),
}

/** Temporal uses the same code for an exceeded limit and for a workflow that accepts nothing for a moment. */
function isThrottled({ code, details }: Parameters<typeof isRetryableError>[0]): boolean {
  return code === GRPC.resourceExhausted && !/workflow is (closing|busy)/i.test(details)
}

/** A client that connects on first use, for a process that serves requests. The ring encrypts what it sends. */
export function createClient(
  { connectionOptions, namespace }: ClientConnectConfig & { namespace: string },
  ring: KeyRing,
): Client {
  const connection = Connection.lazy({
    ...connectionOptions,
    // By default a channel waits for up to two minutes after an outage; the API must accept events again at once.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500 },
    interceptors: [makeGrpcRetryInterceptor(RETRIES)],
  })
  // A client that took a marker for an answer would report it as the customer's status.
  const converter = dataConverter({ ring, namespace, unreadableMessages: 'fail' })
  return new Client({ connection, namespace, dataConverter: converter })
}

/**
 * Returns the Temporal settings and a client. If settings are invalid, prints their names without values, and exits.
 *
 * @param exitCode the exit code for invalid settings, for a program in which 1 already has another meaning
 */
export function temporalOrExit(
  ring: KeyRing,
  exitCode = 1,
): { settings: ReturnType<typeof temporalSettings>; client: Client } {
  let wrong = 'TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE or the file itself: the profile cannot be read'
  try {
    const settings = temporalSettings()
    wrong = 'TEMPORAL_ADDRESS or the TLS settings: must be host:port without a scheme, with readable certificates'
    return { settings, client: createClient(settings, ring) }
  } catch {
    process.stderr.write(`The settings cannot be used:\n  ${wrong}\n`)
    process.exit(exitCode)
  }
}

/** Without a `runId`, the newest run is meant. */
export interface WorkflowRun {
  workflowId: string
  runId?: string
}

/**
 * Sends a signal to a workflow that runs.
 *
 * @returns false when it is closed or unknown, and got none
 */
export async function signalRunning(
  client: Client,
  { workflowId, runId }: WorkflowRun,
  signal: string,
  ...payloads: object[]
): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId, runId).signal(signal, ...payloads)
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** Whether Temporal has this run, running or closed. After a restore, Visibility may list runs that Temporal does not have. */
export async function hasRun(client: Client, { workflowId, runId }: WorkflowRun): Promise<boolean> {
  const execution = { workflowId, ...(runId !== undefined && { runId }) }
  try {
    await client.workflowService.describeWorkflowExecution({ namespace: client.options.namespace, execution })
    return true
  } catch (error) {
    if (grpcCode(error) === GRPC.notFound) return false
    throw error
  }
}

/** The gRPC status code of an error from the client or from the worker's connection; `null` when it has none. */
export function grpcCode(error: unknown): number | null {
  // Both throw a `ServiceError`. The client's has the gRPC error as its cause. The connection's is itself a gRPC error.
  const status = error instanceof ServiceError && !isGrpcServiceError(error) ? error.cause : error
  return isGrpcServiceError(status) ? status.code : null
}

/**
 * True when Temporal has no such history any more, since the run is deleted. Most servers answer `NotFound`. A server with an archive
 * answers `InvalidArgument` when the namespace does not use the archive (`errHistoryNotFound` of server 1.32.0,
 * service/frontend/errors.go). Use it only for requests whose ids come from Temporal: none of their arguments can be invalid.
 */
export function isHistoryDeleted(error: unknown): boolean {
  const code = grpcCode(error)
  return error instanceof WorkflowNotFoundError || code === GRPC.notFound || code === GRPC.invalidArgument
}
