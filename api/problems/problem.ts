// The error that routes and middleware throw for a request that they cannot serve.

import { PROBLEMS } from './problems.ts'
import type { FieldError, ProblemCode } from './problems.ts'

export interface ProblemOptions {
  /** For the caller, without internals: replaces the detail of the code where more is known. */
  detail?: string
  errors?: FieldError[]
  headers?: Record<string, string>
  /** For the log only. */
  internal?: { grpcCode: number }
  /** Which of several reasons for the same code applies; a label of `onramp_webhooks_total`. */
  cause?: string
}

/** The handlers of `middleware/error-handlers.ts` turn it into the response. */
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
