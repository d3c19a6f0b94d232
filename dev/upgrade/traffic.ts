// Events about one customer that keep coming while the release changes.

import { setTimeout as sleep } from 'node:timers/promises'
import { update } from './customers.ts'
import type { Installation } from './installation.ts'

const EVERY_MS = 500

/** Updates the phone number of a customer until it is stopped; `stop` returns the last number that was accepted. */
export function keepUpdating(installation: Installation, customerId: string): { stop: () => Promise<string> } {
  let isOver = false
  let phone = '0'
  const sending = (async () => {
    for (let count = 1; !isOver; count += 1) {
      const next = `meanwhile-${count}`
      // The API of the former release may end in this moment. The product then sends the event again.
      const isAccepted = await update(installation, customerId, next).then(
        () => true,
        () => false,
      )
      if (isAccepted) phone = next
      await sleep(EVERY_MS)
    }
    return phone
  })()
  return {
    async stop() {
      isOver = true
      return await sending
    },
  }
}
