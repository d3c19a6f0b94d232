// Times at which an onboarding has something to do without an event, in milliseconds since the epoch.

/** The earliest of these times; `null` when there is none. */
export function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}
