// Links into the Temporal UI: to one onboarding, and to its list of workflows, filtered by a query.

import type { AttentionReason } from '../../domain/attention.ts'
import { onboardingId } from '../../domain/ids.ts'
import type { Step } from '../../domain/onboarding.ts'
import { TASK_FAILS } from './stuck-query.ts'

/** The Temporal UI of one namespace. Each link is `null` when there is no UI to link to. */
export class TemporalUi {
  readonly #namespaceUrl: string | null

  /** @param url base address of the Temporal UI; `null` when it is not known */
  constructor(url: string | null, namespace: string) {
    this.#namespaceUrl = url === null ? null : `${url.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}`
  }

  onboarding(customerId: string): string | null {
    return this.#link(`workflows/${encodeURIComponent(onboardingId(customerId))}`)
  }

  /** The parked customers; all, or those who are parked for one reason. */
  parked(reason?: AttentionReason): string | null {
    return this.#list(reason === undefined ? 'OnboardingAttention IS NOT NULL' : `OnboardingAttention = '${reason}'`)
  }

  /** The customers who wait for HubSpot at a step. */
  waiting(step: Step): string | null {
    return this.#list(`OnboardingWaiting = '${step}'`)
  }

  /** @param condition which runs; by default those whose workflow tasks fail again and again */
  stuck(condition = TASK_FAILS): string | null {
    return this.#list(`(${condition})`)
  }

  /** Runs that continued as new keep their search attributes, so only open runs are listed. */
  #list(query: string): string | null {
    const encoded = encodeURIComponent(`${query} AND ExecutionStatus = 'Running'`)
    // A terminal ends a link at an apostrophe, which encodeURIComponent leaves.
    return this.#link(`workflows?query=${encoded.replaceAll("'", '%27')}`)
  }

  #link(path: string): string | null {
    return this.#namespaceUrl === null ? null : `${this.#namespaceUrl}/${path}`
  }
}
