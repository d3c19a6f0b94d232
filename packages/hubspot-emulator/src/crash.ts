// Prints errors of the emulator itself without their text, which may quote a request and so a customer's data.

const FRAMES = 10
// A place in a file or in Node. A frame of evaluated code may show the code itself.
const FRAME = /^ +at (?:[^()]* \()?(?:file:\/\/|node:|\/|[A-Z]:\\)\S+:\d+:\d+\)?$/

/** The name of an error and the places in the code, one a line. */
export function outlineOf(error: unknown): string {
  if (!(error instanceof Error)) return 'A thrown value that is no error'
  const { name, message, stack = '' } = error
  const start = stack.indexOf(message)
  // The stack begins with the message, which may have several lines.
  const frames = start === -1 ? [] : stack.slice(start + message.length).split('\n')
  return [name, ...frames.filter((line) => FRAME.test(line)).slice(0, FRAMES)].join('\n')
}

/** Ends the process at an error that nobody caught. Node itself would print all of the error. */
export function endOnCrash(): void {
  process.on('uncaughtException', (error) => {
    console.error(`The emulator ends: ${outlineOf(error)}`)
    process.exit(1)
  })
}
