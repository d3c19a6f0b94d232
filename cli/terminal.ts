// The messages and questions of a command, on standard error, so that standard output holds only the result.

import { createInterface } from 'node:readline/promises'

export interface Terminal {
  /** Shows a text before the result of the command. */
  show(text: string): void
  /** Whether somebody can answer a question. */
  readonly isInteractive: boolean
  /** Asks a question that only a `y` or `yes` confirms. */
  confirm(question: string): Promise<boolean>
}

export const TERMINAL: Terminal = {
  show(text) {
    process.stderr.write(`${text}\n`)
  },
  get isInteractive() {
    return process.stdin.isTTY && process.stderr.isTTY
  },
  async confirm(question) {
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
    } finally {
      lines.close()
    }
  },
}
