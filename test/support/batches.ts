// Sends the same rows alone and together, each time to a portal with the same records, and compares the answers.

import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import type { BatchKind, RowOutcome } from '../../hubspot/client/batch-kind.ts'
import { createBatches } from '../../hubspot/client/batches/batches.ts'
import { createHubSpot } from '../../hubspot/client/client.ts'
import { existingIdIn, ownerOfTakenValueIn } from '../../hubspot/client/conflict.ts'
import type { ApiVersion } from '../../hubspot/client/endpoints.ts'
import { isConflict, isInvalid, isMissing, isTakenUniqueValue } from '../../hubspot/client/errors.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { createSdk } from '../../hubspot/client/sdk.ts'
import { createTransport } from '../../hubspot/client/transport.ts'
import { setUp } from '../../hubspot/setup.ts'

export type BatchPortal = Awaited<ReturnType<typeof startBatchPortal>>

/** An emulator whose batch responses have another order than the requests, with onramp's properties. */
export async function startBatchPortal(apiVersion: ApiVersion) {
  const emulator = await startEmulator({ port: 0 })
  const control = new EmulatorControl(emulator.url)
  const connection = { accessToken: 'test', apiVersion, timeoutMs: 2000 }
  const transport = createTransport(connection)
  const circuitBreaker = { probeSeconds: 1, onChange: () => {} }
  // The setup of each test would wait for HubSpot's quota, which this emulator does not enforce.
  const scheduler = new QuotaScheduler({ callsPer10s: 100_000 })
  const hubspot = createHubSpot({ ...connection, baseUrl: emulator.url, circuitBreaker, scheduler })
  const call = async (method: string, path: string, body?: unknown) =>
    (await fetch(emulator.url + path, {
      method,
      headers: { authorization: 'Bearer hubspot-user', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).then(async (response) => JSON.parse((await response.text()) || '{}') as unknown)) as Record<string, unknown>
  return {
    control,
    batches: createBatches(createSdk(emulator.url, transport.send)),
    /** A call of a HubSpot user. */
    call,
    async reset() {
      await control.reset()
      await setUp(hubspot, () => {})
      await control.settings({ shuffleBatchRows: true })
    },
    /** The paths of the requests since the portal was prepared, without those of HubSpot users. */
    requests: async () => await control.requests({ path: '/batch/|/search$' }),
    async stop() {
      await Promise.all([transport.close(), hubspot.close(), emulator.stop()])
    },
  }
}

/** What onramp sees of a row's outcome. Ids of new records, times and correlation ids differ from call to call. */
type Seen = { answer: unknown } | { error: Record<string, unknown> } | 'unknown' | 'undecided'

/** The outcomes of the rows, once each row alone, and once all of them in one request. */
export async function bothWays<Row, Answer>(
  portal: BatchPortal,
  { batch, rows, prepare }: { batch: BatchKind<Row, Answer>; rows: Row[]; prepare: () => Promise<unknown> },
): Promise<{ alone: Seen[]; together: Seen[] }> {
  await portal.reset()
  await prepare()
  const alone: Seen[] = []
  for (const row of rows) alone.push(seen(await outcomeOf(() => batch.sendOne(row))))
  await portal.reset()
  await prepare()
  const outcomes = await batch.sendMany(rows)
  return { alone, together: outcomes.map(seen) }
}

async function outcomeOf<Answer>(send: () => Promise<Answer>): Promise<RowOutcome<Answer>> {
  try {
    return { outcome: 'answered', answer: await send() }
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error
    return { outcome: 'failed', error }
  }
}

function seen(row: RowOutcome<unknown>): Seen {
  if (row.outcome === 'unknown' || row.outcome === 'undecided') return row.outcome
  if (row.outcome === 'answered') return { answer: answerSeen(row.answer) }
  const { error } = row
  return {
    error: {
      status: error.status,
      isMissing: isMissing(error),
      isConflict: isConflict(error),
      isInvalid: isInvalid(error),
      isTakenUniqueValue: isTakenUniqueValue(error),
      isHubSpotsOwn: error.isHubSpotsOwn,
      hasCorrelationId: error.correlationId !== null,
      message: error.message,
      existingId: existingIdIn(error.body),
      owner: ownerOfTakenValueIn(error.body),
      rejectedProperties: error.rejectedProperties,
    },
  }
}

function answerSeen(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(answerSeen)
  if (typeof answer === 'string') return 'a correlation id'
  if (typeof answer !== 'object' || answer === null || !('properties' in answer)) return answer
  const { id, properties, correlationId } = answer as {
    id: string
    properties: Record<string, unknown>
    correlationId: string | null
  }
  const known = Object.entries(properties).filter(([name]) => !/date$|^hs_|_contacts$/.test(name))
  return { id, properties: Object.fromEntries(known), hasCorrelationId: correlationId !== null }
}
