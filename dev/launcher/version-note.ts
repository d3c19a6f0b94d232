// Says when the worker gets no new customers, since another version is current in a Temporal that the launcher did not start.

/** One line for the user; `null` when the worker's version is current. */
export async function versionNote(readyUrl: string, logFile: string): Promise<string | null> {
  const response = await fetch(readyUrl, { signal: AbortSignal.timeout(4_000) })
  const { reasons = [] } = (await response.json()) as { reasons?: string[] }
  if (!reasons.some((reason) => reason.startsWith('version-'))) return null
  return (
    'In your Temporal, another version of the workers is current, so this worker gets no new customers. ' +
    `${logFile} says how to change that. With TEMPORAL_VERSIONING=auto-upgrade, each start does it by itself.`
  )
}
