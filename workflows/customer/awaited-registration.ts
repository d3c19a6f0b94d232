// Events that wait for a registration which does not come: after some hours the customer is parked.

import { explain } from '../../domain/attention.ts'
import type { Parking } from './parking.ts'
import type { CustomerState } from './state.ts'

/** How many hours events wait for their registration before the customer is parked. */
export const OVERDUE_HOURS = 24
const HOUR_MS = 60 * 60 * 1000

export class AwaitedRegistration {
  readonly #state: Pick<CustomerState, 'awaitsRegistrationSince'> &
    Readonly<Pick<CustomerState, 'registration' | 'erasure' | 'isLookedUp'>>
  readonly #parking: Parking
  readonly #overdueMs: number

  constructor(state: CustomerState, parking: Parking, overdueHours: number) {
    this.#state = state
    this.#parking = parking
    this.#overdueMs = overdueHours * HOUR_MS
  }

  /** An event has brought values, which wait for the registration. */
  eventArrived(): void {
    if (this.#isAwaited) this.#state.awaitsRegistrationSince ??= Date.now()
  }

  /** The registration is there, or the CRM has the customer from an earlier run. */
  arrived(): void {
    this.#state.awaitsRegistrationSince = null
    this.#parking.dropReason('registration-missing')
  }

  /** When the registration is overdue, in milliseconds since the epoch; `null` when none is awaited, or the customer is parked already. */
  get overdueAt(): number | null {
    const { awaitsRegistrationSince: since } = this.#state
    if (since === null || !this.#isAwaited || this.#parking.hasReason('registration-missing')) return null
    return since + this.#overdueMs
  }

  /** Parks the customer when the registration is overdue. */
  parkOverdue(): void {
    const { overdueAt } = this
    if (overdueAt === null || overdueAt > Date.now()) return
    // The company is the first step that cannot begin.
    this.#parking.park('company', { ...explain('registration-missing'), fields: [], correlationId: null }, {})
  }

  get #isAwaited(): boolean {
    const { registration, erasure } = this.#state
    return registration === null && erasure === 'none'
  }
}
