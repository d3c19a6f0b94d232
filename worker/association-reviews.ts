// Connects the review of associations with Temporal: a finding becomes a signal to the customer's onboarding.

import type { Client } from '@temporalio/client'
import { onboardingId } from '../domain/ids.ts'
import { ASSOCIATIONS_REVIEWED } from '../domain/onboarding.ts'
import { createAssociationReviews } from '../hubspot/association-review.ts'
import type { AssociationReviewOptions } from '../hubspot/association-review.ts'
import { signalRunning } from '../platform/temporal.ts'

export function associationReviewsOf(client: Client, options: Omit<AssociationReviewOptions, 'report'>) {
  return createAssociationReviews({
    ...options,
    report: async (customerId, review) => {
      await signalRunning(client, { workflowId: onboardingId(customerId) }, ASSOCIATIONS_REVIEWED, review)
    },
  })
}
