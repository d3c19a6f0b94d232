// Writes the domain by which onramp finds a company, unless another company has it.

import { isConflict } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { COMPANY_DOMAIN } from './properties.ts'
import type { Properties } from './properties.ts'

/** Calls `write` again without the domain when another company has it. `note` then says so in the timeline. */
export async function withFreeDomain<T extends object>(
  properties: Properties,
  write: (properties: Properties) => Promise<T>,
): Promise<T & { note?: string }> {
  try {
    return await write(properties)
  } catch (error) {
    if (!(COMPANY_DOMAIN in properties) || !(error instanceof HubSpotError) || !isConflict(error)) throw error
    const { [COMPANY_DOMAIN]: _, ...rest } = properties
    return {
      ...(await write(rest)),
      note: 'another company has this domain, so that onramp does not find it by the domain',
    }
  }
}
