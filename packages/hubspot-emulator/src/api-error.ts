// The error that a handler throws when HubSpot would reject a request or a row of a batch. It has two JSON forms.

export interface ApiErrorDetail {
  /** The body's `status`. Default: `error`; only the token endpoint uses another value [R]. */
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
}

export class ApiError extends Error {
  readonly status: number
  readonly detail: ApiErrorDetail
  readonly headers: Record<string, string>

  constructor(status: number, detail: ApiErrorDetail, headers: Record<string, string> = {}) {
    super(detail.message)
    this.name = 'ApiError'
    this.status = status
    this.detail = detail
    this.headers = headers
  }
}

/** The body of a rejected request. The keys have the order of recorded responses [R]. */
export function errorBody(error: ApiError, correlationId: string): Record<string, unknown> {
  const { message, status = 'error', ...rest } = error.detail
  return { status, message, correlationId, ...rest }
}

/** The same error as one row of a batch's `errors`. The error row repeats the trace id and has no correlation id [R]. */
export function errorRow(error: ApiError, traceId: string | undefined): Record<string, unknown> {
  const { message, category = 'VALIDATION_ERROR', context, subCategory, errors } = error.detail
  const rowContext = traceId === undefined ? context : { objectWriteTraceId: [traceId], ...context }
  return {
    status: 'error',
    category,
    ...(subCategory === undefined ? {} : { subCategory }),
    message,
    ...(rowContext === undefined ? {} : { context: rowContext }),
    ...(errors === undefined ? {} : { errors }),
  }
}
