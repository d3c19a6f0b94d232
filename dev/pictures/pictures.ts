// The pictures of the README: which page each one shows.

import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { statusOf } from '../proof/stack.ts'
import { SHOWN, WAITING } from './customers.ts'
import { hasBeenTried } from './traffic.ts'

/** The folder of the pictures. */
export const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url))

/** A page loads slowly when it has larger pictures. */
export const MAX_BYTES = 200_000

interface Picture {
  file: string
  /** The part of the page that the picture shows. */
  clip: { x: number; y: number; width: number; height: number }
  /** Opens the page and waits until it shows everything. */
  open: (page: Page, stack: ThrowAwayStack) => Promise<void>
}

// The Temporal UI without its menus.
const RUN = { x: 256, y: 48, width: 1244, height: 790 }

/** In the order in which they are taken: the overview while its events are new, a waiting step after some attempts. */
export const PICTURES: Picture[] = [
  {
    file: 'console-overview.webp',
    clip: { x: 0, y: 0, width: 1280, height: 850 },
    async open(page, { apiUrl }) {
      await page.goto(`${apiUrl}/console`)
      // The first view may be some seconds old; then the page follows the customers.
      await page
        .getByTestId('waiting-count')
        .filter({ hasText: `${WAITING.length}` })
        .waitFor()
      await page.getByTestId('phase-erased').filter({ hasText: '1' }).waitFor()
    },
  },
  {
    file: 'console-customer.webp',
    clip: { x: 0, y: 0, width: 1280, height: 1045 },
    async open(page, { apiUrl }) {
      await page.goto(`${apiUrl}/console/customers/${SHOWN.parked}`)
      await page.getByTestId('timeline').waitFor()
    },
  },
  {
    file: 'emulator-contact.webp',
    clip: { x: 0, y: 0, width: 1280, height: 745 },
    async open(page, stack) {
      const status = await statusOf(stack, SHOWN.parked)
      await page.goto(status?.hubspot.contactUrl ?? '')
    },
  },
  {
    file: 'temporal-ui-onboarded.webp',
    clip: RUN,
    open: async (page, stack) => await openRun(page, stack, SHOWN.onboarded, 'Idle until'),
  },
  {
    file: 'temporal-ui-retried.webp',
    clip: RUN,
    async open(page, stack) {
      await hasBeenTried(stack, SHOWN.waiting, 8)
      await openRun(page, stack, SHOWN.waiting, 'Attempt')
    },
  },
]

/** @param text a word of the timeline, which is there once the payloads are decoded */
async function openRun(page: Page, { temporalUiUrl }: ThrowAwayStack, customerId: string, text: string): Promise<void> {
  await page.goto(`${temporalUiUrl}/namespaces/default/workflows/onboarding%2F${customerId}`)
  await page.getByText(text).first().waitFor()
}
