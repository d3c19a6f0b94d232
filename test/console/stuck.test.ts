// Stuck runs in the console: a line of the overview, a section of the attention page, and the button that resets all.

import { describe, expect } from 'vitest'
import { consoleSession } from '../support/console-session.ts'
import { aStuckCustomer } from '../support/given.ts'
import { onrampWith } from '../support/onramp.ts'
import { READ_TOKEN } from '../support/sender.ts'

const it = onrampWith({ namespace: 'own' })

describe('a stuck run', () => {
  it('calls for attention, and a full token resets it', async ({ onramp }) => {
    const [full, read] = [await consoleSession(onramp), await consoleSession(onramp, READ_TOKEN)]
    const pageOf = async (session: typeof full, path: string) => await (await session.visit(path)).text()
    expect(await pageOf(full, '/console/attention')).not.toContain('Stuck:')

    const customerId = await aStuckCustomer(onramp)
    await expect.poll(() => pageOf(full, '/console')).toContain('data-testid="stuck-count"')
    // Stuck customers are not parked.
    expect(await pageOf(full, '/console')).toMatch(/data-testid="attention-count">0</)
    await expect.poll(() => pageOf(full, '/console/attention')).toContain('Stuck: 1 customer')
    expect(await pageOf(full, '/console/attention')).toContain(`/console/customers/${customerId}`)
    expect(await pageOf(full, '/console/attention')).toContain('data-testid="reset-stuck"')
    expect(await pageOf(read, '/console/attention')).not.toContain('data-testid="reset-stuck"')

    expect((await read.submit('/console/stuck/reset')).status).toBe(403)
    const reset = await full.submit('/console/stuck/reset')
    expect([reset.status, reset.headers.get('location')]).toEqual([303, '/console/attention?done=reset&count=1'])
    expect(await pageOf(full, reset.headers.get('location') ?? '')).toContain('1 stuck run to reset.')
  })
})
