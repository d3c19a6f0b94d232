// One signal for all the ways in which a launcher is asked to stop.

// Often enough to be gone well within ten seconds, seldom enough to cost nothing.
const PARENT_CHECK_MS = 500

/** Aborts on Ctrl-C, on SIGTERM, when the terminal is closed, and when the npm that started this process is gone. */
export function stopSignal(env: NodeJS.ProcessEnv): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

  // npm ends its shell on SIGTERM without telling us, and can tell nobody when it is killed itself. Without npm a new
  // parent means nothing: somebody has put us into the background on purpose.
  if (env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent) stopping.abort()
    }, PARENT_CHECK_MS).unref()
  }
  return stopping.signal
}

/** Resolves with `null` on the abort, for a race against the work. */
export async function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return null
  return await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
}
