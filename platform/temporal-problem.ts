// Checks Temporal, and names the problem: with one word for health checks, and with a sentence for operators.

import { NamespaceNotFoundError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../domain/onboarding.ts'
import { GRPC, grpcCode } from './temporal.ts'

/** What is wrong, and what to do. Each name is one that `/health/ready` may answer. */
export const TEMPORAL_PROBLEMS = {
  temporal: 'Temporal does not answer at TEMPORAL_ADDRESS, or not as Temporal does',
  'temporal-namespace':
    'Temporal has no namespace with the name in TEMPORAL_NAMESPACE; it knows a new one only after some seconds',
  'temporal-access':
    'Temporal rejects TEMPORAL_API_KEY or the client certificate, or they give no right to the namespace in TEMPORAL_NAMESPACE',
  'search-attributes': 'Temporal lacks onramp’s search attributes: run `npm run setup`',
} as const

/** `null` when Temporal is ready, or only over a limit. */
export type TemporalProblem = keyof typeof TEMPORAL_PROBLEMS | null

/** Checks Temporal with a query that needs our search attributes. The query works on a laptop and in Temporal Cloud. */
export async function temporalProblem(client: Client, deadlineMs: number): Promise<TemporalProblem> {
  const query = Object.keys(SEARCH_ATTRIBUTES)
    .map((name) => `${name} = 'none'`)
    .join(' AND ')
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.workflow.count(query))
    return null
  } catch (error) {
    return problemOf(error)
  }
}

function problemOf(error: unknown): TemporalProblem {
  if (error instanceof NamespaceNotFoundError) return 'temporal-namespace'
  const code = grpcCode(error)
  // Temporal answers. The limit of queries is lower than that of events, so events may still be stored.
  if (code === GRPC.resourceExhausted) return null
  if (code === GRPC.invalidArgument) return 'search-attributes'
  return code === GRPC.permissionDenied || code === GRPC.unauthenticated ? 'temporal-access' : 'temporal'
}
