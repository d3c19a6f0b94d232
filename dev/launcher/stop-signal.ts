// One abort signal for every way to stop a launcher.

// The checks are frequent enough for a stop well within ten seconds, and rare enough to cost nothing.
const PARENT_CHECK_MS = 500

/** Aborts on Ctrl-C, on SIGTERM, when the terminal closes, and when the npm that started this process ends. */
export function stopSignal(env: NodeJS.ProcessEnv): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

  // npm ends its shell on SIGTERM but does not pass the signal on, and npm itself may be killed. In both cases this process
  // gets a new parent. Without npm a new parent means nothing: the user may have moved this process to the background.
  if (env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent) stopping.abort()
    }, PARENT_CHECK_MS).unref()
  }
  return stopping.signal
}

/** Resolves with `null` when `signal` aborts. The caller races it against its work. */
export async function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return null
  return await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
}
