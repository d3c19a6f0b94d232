// The emulator's limits in a proof, and what onramp's calls met in them.

import type { EmulatorControl, Measurements } from 'hubspot-emulator/control'

export type PortalSettings = Parameters<EmulatorControl['settings']>[0]

/** The calls of a proof. A call whose connection broke is not among them. */
export interface CallFigures {
  calls: number
  /** Calls in which several rows went together. */
  batches: number
  /** Calls over a limit of the portal, without the 429 that a fault injected. */
  over: number
}

/** The limits of a private app, with this many calls in ten seconds. `null`: limits are stated, and not enforced. */
export function limitsOf(callsPer10s: number | null): PortalSettings {
  if (callsPer10s === null) return { enforceLimits: false }
  // [D] 100 or 150 by plan.
  const associationCallsPer10s = callsPer10s <= 110 ? 100 : 150
  return { enforceLimits: true, callsPer10s, associationCallsPer10s, searchesPerSecond: 5, callsPerDay: 625_000 }
}

export function callsBetween(before: Measurements, after: Measurements): CallFigures {
  const count = (pattern: RegExp) => {
    const sum = ({ requests }: Measurements) =>
      Object.entries(requests).reduce((total, [request, times]) => (pattern.test(request) ? total + times : total), 0)
    return sum(after) - sum(before)
  }
  return { calls: count(/ /), batches: count(/\/batch\//), over: after.overLimit - before.overLimit }
}

/** From 0 to 1. */
export function shareOver({ calls, over }: Pick<CallFigures, 'calls' | 'over'>): number {
  return calls === 0 ? 0 : over / calls
}
