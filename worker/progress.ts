// Logs and counts what the onboardings of this worker report.

import type { InjectedSinks } from '@temporalio/worker'
import { customerIdOf } from '../domain/ids.ts'
import type { Progress } from '../domain/progress.ts'
import type { Logger } from '../platform/logger.ts'
import { metrics } from '../platform/metrics.ts'
import type { OnboardingSinks } from '../workflows/reports.ts'

/** Called with the customer's id; `null` for a workflow that was started by hand under another id. */
export type OnProgress = (customerId: string | null, progress: Progress) => void

/** A workflow task that is repeated, for example after a crash or its time limit, reports again what it has reported before. */
export function progressSinks(onProgress: OnProgress = () => {}): InjectedSinks<OnboardingSinks> {
  return {
    onboarding: {
      progressed: {
        fn({ workflowId }, entries) {
          const customerId = customerIdOf(workflowId)
          for (const progress of entries) onProgress(customerId, progress)
        },
      },
    },
  }
}

export function progressReporter(logger: Logger, now = Date.now): OnProgress {
  const secondsSince = (at: number) => Math.max(0, (now() - at) / 1000)
  return (customerId, progress) => {
    switch (progress.what) {
      case 'phase':
        logger.info({ customerId, phase: progress.phase }, 'a customer has reached a phase')
        break
      case 'onboarded':
        metrics.onboarded.observe(secondsSince(progress.registeredAt))
        break
      case 'written':
        for (const at of progress.eventTimes) metrics.written.observe(secondsSince(at))
        break
      case 'parked': {
        const { step, reason, fields, codes, message, correlationId } = progress
        metrics.parked.inc({ reason, step })
        logger.warn({ customerId, step, reason, fields, codes, correlationId, cause: message }, 'a customer is parked')
        break
      }
      case 'command':
        logger.info(
          { customerId, command: progress.command, by: progress.by ?? 'unnamed' },
          'an operator gave a command',
        )
        break
    }
  }
}
