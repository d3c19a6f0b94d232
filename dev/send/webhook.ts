// Signs an event and posts it, like the product.

import { Webhook } from 'standardwebhooks'

export interface EventToSend {
  type: 'customer.registered' | 'customer.updated' | 'customer.erased'
  /** Time of the event in the product, in ISO 8601. */
  timestamp: string
  data: Record<string, unknown>
}

/** Posts one event to the API and returns the API's response, of any status. */
export async function postEvent(options: {
  apiUrl: string
  webhookSecret: string
  eventId: string
  event: EventToSend
}): Promise<Response> {
  const { apiUrl, webhookSecret, eventId, event } = options
  const body = JSON.stringify(event)
  const sentAt = new Date()
  return await fetch(`${apiUrl}/webhooks/customers`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'webhook-signature': new Webhook(webhookSecret).sign(eventId, sentAt, body),
    },
    body,
  })
}
