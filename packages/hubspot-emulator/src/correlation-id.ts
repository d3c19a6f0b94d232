// Correlation ids, by which HubSpot finds a call in its logs. Recent ones are UUIDs of version 7 [R].

import { randomBytes } from 'node:crypto'

export function correlationId(nowMs: number): string {
  const random = randomBytes(10)
  random[0] = 0x70 | (random[0]! & 0x0f)
  random[2] = 0x80 | (random[2]! & 0x3f)
  const time = nowMs.toString(16).padStart(12, '0')
  const rest = random.toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest.slice(8)}`
}
