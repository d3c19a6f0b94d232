// A request, or one row of a batch, that HubSpot refuses: thrown where the rule is, written where the answer is made.

export interface RefusalDetail {
  /** `error`, but for the OAuth endpoints. */
  status?: string
  message: string
  category?: string
  subCategory?: string
  context?: Record<string, string[]>
  errors?: unknown[]
  links?: Record<string, string>
  errorType?: string
  policyName?: string
  groupName?: string
  /** Stands in place of `error` as the body's `status`: the token endpoint does that [R]. */
  reason?: string
}

export class Refusal extends Error {
  readonly status: number
  readonly detail: RefusalDetail
  readonly headers: Record<string, string>

  constructor(status: number, detail: RefusalDetail, headers: Record<string, string> = {}) {
    super(detail.message)
    this.name = 'Refusal'
    this.status = status
    this.detail = detail
    this.headers = headers
  }
}

/** The body of a refused request; the order of the keys is that of recorded answers [R]. */
export function refusalBody(refusal: Refusal, correlationId: string): Record<string, unknown> {
  const { message, reason = 'error', ...rest } = refusal.detail
  return { status: reason, message, correlationId, ...rest }
}

/** The same refusal as a row of a batch's `errors`; there it names the row by its trace id and has no correlation id [R]. */
export function refusalRow(refusal: Refusal, traceId: string | undefined): Record<string, unknown> {
  const { message, category = 'VALIDATION_ERROR', context, subCategory, errors } = refusal.detail
  const named = traceId === undefined ? context : { objectWriteTraceId: [traceId], ...context }
  return {
    status: 'error',
    category,
    ...(subCategory === undefined ? {} : { subCategory }),
    message,
    ...(named === undefined ? {} : { context: named }),
    ...(errors === undefined ? {} : { errors }),
  }
}
