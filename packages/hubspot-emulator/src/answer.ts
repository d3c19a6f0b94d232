// What a handler says back to the caller, before it becomes bytes on a socket.

export interface Answer {
  status: number
  /** Sent as JSON; absent for an answer without a body. */
  body?: unknown
  /** Sent as it is, instead of `body`: HTML pages and broken answers. */
  text?: string
  /** `null` sends no content type at all. Default: HubSpot's JSON type when there is a body. */
  contentType?: string | null
  headers?: Record<string, string>
}

// HubSpot writes no space before the charset [R].
export const JSON_TYPE = 'application/json;charset=utf-8'
export const HTML_TYPE = 'text/html;charset=utf-8'

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const created = (body: unknown, headers: Record<string, string> = {}): Answer => ({ status: 201, body, headers })
export const noContent = (): Answer => ({ status: 204 })
