// The option `--limit`: how many calls the portal allows in ten seconds.

import type { ProofSettings } from '../proof.ts'

export const LIMIT_OPTION = {
  limit: { default: '190', meaning: 'calls that the portal allows in ten seconds; off enforces no limit' },
}

/** `null`: no limit is enforced. */
export function limitIn(settings: ProofSettings): number | null {
  return settings.text('limit') === 'off' ? null : settings.number('limit')
}
