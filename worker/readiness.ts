// Whether a worker is ready, and what limits it although it is: what `/health/ready` answers.

import type { CrmState } from '../domain/crm-state.ts'
import type { Condition } from '../platform/health.ts'
import type { TemporalProblem } from '../platform/temporal-problem.ts'
import type { VersionState } from './current-version.ts'

/**
 * Whether HubSpot has onramp's properties. `checking` at first; `unknown` when HubSpot did not say, since it was unavailable.
 */
export type SetupState = 'checking' | 'missing' | 'unknown' | 'there'

interface ReadinessOptions {
  temporalProblem: () => Promise<TemporalProblem>
  hubSpot: () => CrmState
  /** The ids of keys of payloads that this worker needs and does not have. */
  missingKeys: () => string[]
}

export class WorkerReadiness {
  /** `null` until Temporal was asked, which needs the worker's first poll. */
  version: VersionState | null = null
  setup: SetupState = 'checking'
  /** Whether the worker polls the task queue. */
  polls: () => boolean = () => false
  readonly #options: ReadinessOptions

  constructor(options: ReadinessOptions) {
    this.#options = options
  }

  async condition(): Promise<Condition> {
    const { temporalProblem, hubSpot, missingKeys } = this.#options
    const temporal = await temporalProblem()
    const { circuit, forbiddenKinds, outageSince, quota } = hubSpot()
    return {
      failing: [
        ...(temporal === null ? [] : [temporal]),
        ...(this.version !== null && this.polls() ? [] : ['polling']),
        ...(this.setup === 'checking' || this.setup === 'missing' ? ['hubspot'] : []),
        ...(circuit.state === 'open' ? ['hubspot-token'] : []),
        ...forbiddenKinds.map((kind) => `hubspot-forbidden:${kind}`),
        ...missingKeys().map((keyId) => `payload-key:${keyId}`),
      ],
      // A rollout that waited for HubSpot, or for its version to become current, would never end.
      degraded: [
        ...(outageSince !== null || this.setup === 'unknown' ? ['hubspot-unavailable'] : []),
        ...(quota.day.isReached ? ['hubspot-daily-limit'] : []),
        ...(this.version === null || this.version === 'current' ? [] : [`version-${this.version}`]),
      ],
    }
  }
}
