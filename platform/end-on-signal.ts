// Ends a command at SIGTERM and at Ctrl-C, with a line that says what to do next.

// The conventional exit codes: 128 and the number of the signal.
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const

/**
 * Without this, a command in a container would not end: Node is the first process there, and the kernel drops a signal that the first
 * process has no handler for.
 */
export function endOnSignal(line: string): void {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.once(signal, () => {
      process.stderr.write(`${line}\n`)
      process.exit(code)
    })
  }
}
