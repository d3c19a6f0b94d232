// The figures that several rows share.

import type { RunningApp } from '../apps/app.ts'
import { percentile } from '../figures.ts'
import type { Figure } from '../figures.ts'
import type { Onboarded } from '../onboard.ts'
import { associationTimes } from '../portal.ts'

export function throughput(name: string, { customerIds, seconds }: Onboarded): Figure {
  return { name: `${name}customers a second`, unit: 'a second', value: customerIds.length / seconds }
}

/** Calls a customer, and the answers of 429 to all customers. */
export function calls(name: string, { calls: made, customerIds }: Onboarded): Figure[] {
  return [
    { name: `${name}answers of 429`, unit: 'count', value: made.over },
    { name: `${name}calls a customer`, unit: 'count', value: made.total / customerIds.length },
  ]
}

/** The calls a customer of each route. */
export function callsByRoute(name: string, { calls: made, customerIds }: Onboarded): Figure[] {
  return Object.entries(made.byRoute)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([route, count]) => ({ name: `${name}· ${route}`, unit: 'calls', value: count / customerIds.length }))
}

export function cpu(name: string, { cpuMs }: Onboarded): Figure[] {
  const { api, worker, temporal } = cpuMs
  const sum = api === null || worker === null || temporal === null ? null : api + worker + temporal
  return [
    { name: `${name}CPU a customer: API`, unit: 'ms', value: api },
    { name: `${name}CPU a customer: worker`, unit: 'ms', value: worker },
    { name: `${name}CPU a customer: Temporal`, unit: 'ms', value: temporal },
    { name: `${name}CPU a customer: all three`, unit: 'ms', value: sum },
  ]
}

/** How long the API took to answer 202. */
export function acceptance(name: string, { responses }: Pick<Onboarded, 'responses'>): Figure[] {
  const times = responses.filter(({ status }) => status === 202).map(({ tookMs }) => tookMs)
  return [
    { name: `${name}accepted, p50`, unit: 'ms', value: percentile(times, 0.5) },
    { name: `${name}accepted, p99`, unit: 'ms', value: percentile(times, 0.99) },
    { name: `${name}answers other than 202`, unit: 'count', value: rejections(responses) },
  ]
}

/** From the send of the event to the association in HubSpot, which is before half of the last call's duration has passed. */
export async function endToEnd(
  name: string,
  app: RunningApp,
  { responses, customerIds }: Onboarded,
): Promise<Figure[]> {
  const associatedAt = await associationTimes(app.portal, customerIds)
  const times = responses.map(({ customerId, sentAt }) => (associatedAt.get(customerId) ?? Number.NaN) - sentAt)
  return [
    { name: `${name}end to end, p50`, unit: 'ms', value: percentile(times, 0.5) },
    { name: `${name}end to end, p99`, unit: 'ms', value: percentile(times, 0.99) },
  ]
}

function rejections(responses: Onboarded['responses']): number {
  return responses.reduce((sum, each) => sum + each.rejections, 0)
}
