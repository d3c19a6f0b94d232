// Connections to Temporal by the standard profiles and TEMPORAL_ variables, with the converter that never throws.

import { fileURLToPath } from 'node:url'
import {
  Client,
  Connection,
  isGrpcServiceError,
  isRetryableError,
  makeGrpcRetryInterceptor,
  ServiceError,
} from '@temporalio/client'
import type { GrpcRetryOptions } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import type { ClientConnectConfig } from '@temporalio/envconfig'
import { SEARCH_ATTRIBUTES } from '../domain/onboarding.ts'

/** Path of the payload converter; client, worker and workflow bundle each load it by themselves. */
export const payloadConverterPath = fileURLToPath(new URL('./payload-converter.ts', import.meta.url))

/** Address, namespace, TLS and key from the environment or a profile file, as Temporal's own CLI reads them. */
export function temporalSettings(): ClientConnectConfig & { namespace: string } {
  const settings = loadClientConnectConfig()
  return { ...settings, namespace: settings.namespace ?? 'default' }
}

/** The status codes that we decide by. */
export const GRPC = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
}

// While a workflow continues as new it refuses signals for some milliseconds; the SDK would wait 1.7 s before it asks
// again. Its pauses also know nothing of a call's deadline, so they are kept short against the three seconds of ours.
const RETRIES: GrpcRetryOptions = {
  delayFunction: (attempt, status) =>
    (isThrottled(status) ? 300 : Math.min(100, 30 * 1.5 ** (attempt - 1))) * (0.5 + Math.random()),
  // A namespace that is over its limit stays there if everybody asks again and again: who asked us does so, after a pause.
  retryableDecider: (attempt, status) => attempt <= (isThrottled(status) ? 2 : 30) && isRetryableError(status),
}

/** Temporal has one code for a limit that is exceeded and for a workflow that takes nothing for a moment. */
function isThrottled({ code, details }: Parameters<typeof isRetryableError>[0]): boolean {
  return code === GRPC.resourceExhausted && !/workflow is (closing|busy)/i.test(details)
}

/** A client that connects when it is first used, fit for a process that answers requests. */
export function createClient({ connectionOptions, namespace }: ClientConnectConfig & { namespace: string }): Client {
  const connection = Connection.lazy({
    ...connectionOptions,
    // By default a channel sleeps for up to two minutes after an outage; the front door must be open again at once.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500 },
    interceptors: [makeGrpcRetryInterceptor(RETRIES)],
  })
  return new Client({ connection, namespace, dataConverter: { payloadConverterPath } })
}

/** The settings and a client by them. Where they cannot be used it says which ones, by their names only, and the process exits with 1. */
export function temporalOrExit(): { settings: ReturnType<typeof temporalSettings>; client: Client } {
  let wrong = 'TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE or the file itself: no profile can be read there'
  try {
    const settings = temporalSettings()
    wrong =
      'TEMPORAL_ADDRESS or the TLS settings: must be host:port without a scheme, with certificates that can be read'
    return { settings, client: createClient(settings) }
  } catch {
    process.stderr.write(`The settings cannot be used:\n  ${wrong}\n`)
    process.exit(1)
  }
}

/** What of Temporal is not fit for use: it itself, or the search attributes; `null` when all is well. */
export type TemporalProblem = 'temporal' | 'search-attributes' | null

/** Asks Temporal for something that only works with our search attributes; the same way on a laptop and in Temporal Cloud. */
export async function temporalProblem(client: Client, deadlineMs: number): Promise<TemporalProblem> {
  const query = `OnboardingPhase = 'company' AND OnboardingAttention = 'none'`
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.workflow.count(query))
    return null
  } catch (error) {
    return grpcCode(error) === GRPC.invalidArgument ? 'search-attributes' : 'temporal'
  }
}

// Temporal's numbers of the types that we use.
const INDEXED_VALUE_TYPES = { Keyword: 2, KeywordList: 7 } as const

/**
 * Registers the search attributes; safe to repeat.
 *
 * @returns what a person must mend, as sentences: Temporal keeps the type of an attribute that exists
 */
export async function registerSearchAttributes(client: Client, log: (line: string) => void): Promise<string[]> {
  const { operatorService } = client.connection as Connection
  const namespace = client.options.namespace
  const registered = async () => (await operatorService.listSearchAttributes({ namespace })).customAttributes ?? {}

  const before = await registered()
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) {
    if (name in before) continue
    await operatorService.addSearchAttributes({ namespace, searchAttributes: { [name]: INDEXED_VALUE_TYPES[type] } })
    log(`registered search attribute ${name} (${type}) in namespace ${namespace}`)
  }

  const after = await registered()
  return Object.entries(SEARCH_ATTRIBUTES)
    .filter(([name, type]) => after[name] !== undefined && Number(after[name]) !== INDEXED_VALUE_TYPES[type])
    .map(
      ([name, type]) =>
        `Temporal’s search attribute ${name} is not a ${type}. Remove it there, then run \`npm run setup\`.`,
    )
}

/** The gRPC status code of an error of the client, or of the worker's own connection; `null` when it has none. */
export function grpcCode(error: unknown): number | null {
  // Both throw a `ServiceError`, each one of its own kind: the client's has gRPC's error as its cause, the connection's is one.
  const status = error instanceof ServiceError && !isGrpcServiceError(error) ? error.cause : error
  return isGrpcServiceError(status) ? status.code : null
}
