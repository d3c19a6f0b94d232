// The error that routes and middleware throw for a request that they cannot serve.

import { PROBLEMS } from './problems.ts'
import type { FieldError, ProblemCode } from './problems.ts'

export interface ProblemOptions {
  /** For the caller, without internals. It replaces the general detail of the code when more is known. */
  detail?: string
  errors?: FieldError[]
  headers?: Record<string, string>
  /** For the log only. */
  internal?: { grpcCode: number }
  /** The exact cause when a code has several; a label of `onramp_webhooks_total`. */
  cause?: string
}

/** An error that `middleware/error-handlers.ts` turns into the response. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  readonly options: ProblemOptions

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(`${code}: ${options.detail ?? PROBLEMS[code].detail}`)
    this.code = code
    this.options = options
  }
}
