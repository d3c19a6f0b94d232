// The outcome of a reset, as text for operators and as JSON for programs.

import type { ResetProgress } from '../api/contract/stuck.ts'
import type { ResetCustomers } from './reset-customers.ts'
import { plain } from './table.ts'

interface View {
  followed: ResetCustomers
  /** How many runs Temporal has reset whose customers the list did not have. */
  unfollowed: number
  progress: ResetProgress
  timeoutSeconds: number
  json: boolean
}

/** The numbers at the end, then the customers who do not go on and what to do about them. */
export function resetView({ followed, unfollowed, progress, timeoutSeconds, json }: View): string {
  const [goOn, again, none] = (['goes-on', 'stuck', 'none'] as const).map((result) => followed.of(result))
  if (json) {
    const { state, total, reset, failed } = progress
    const ofCustomers = { goOn: goOn!.length, stuckAgain: again, withoutAnswer: none, notFollowed: unfollowed }
    return JSON.stringify({ state, total, reset, failed, ...ofCustomers })
  }
  const lines = [
    `${goOn!.length} of ${followed.size} customers go on, ${again!.length} are stuck again, ${none!.length} have no answer.`,
    again!.length > 0 &&
      `Stuck again: ${list(again!)}. The current code does not suit them either: deploy a fix, then run the command again.`,
    none!.length > 0 &&
      `Without an answer after ${timeoutSeconds} seconds: ${list(none!)}. Check that workers of the current version run; \`status ID\` says more.`,
    unfollowed > 0 && `Reset but not followed: ${unfollowed} more. \`attention\` counts them if they are stuck again.`,
    progress.state === 'failed' && 'Temporal has ended the reset early. Run the command again.',
    progress.state === 'running' && 'Temporal is still resetting runs.',
  ]
  return lines.filter(Boolean).join('\n')
}

function list(customerIds: string[]): string {
  return customerIds.map(plain).join(', ')
}
