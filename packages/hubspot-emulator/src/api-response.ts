// The response of a handler, before it becomes bytes on a socket.

export interface ApiResponse {
  status: number
  /** Sent as JSON; absent for a response without a body. */
  body?: unknown
  /** Sent unchanged instead of `body`: HTML pages and broken responses. */
  text?: string
  /** `null` sends no content type. Default: HubSpot's JSON type when there is a body. */
  contentType?: string | null
  headers?: Record<string, string>
}

// HubSpot writes no space before the charset [R].
export const JSON_TYPE = 'application/json;charset=utf-8'
export const HTML_TYPE = 'text/html;charset=utf-8'

export const ok = (body: unknown): ApiResponse => ({ status: 200, body })
export const created = (body: unknown, headers: Record<string, string> = {}): ApiResponse => ({
  status: 201,
  body,
  headers,
})
export const noContent = (): ApiResponse => ({ status: 204 })
