// `npm run pictures`: takes the pictures of the README from a run of the whole stack.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { openBrowser, openPage } from './browser.ts'
import { FOLDER, MAX_BYTES, PICTURES } from './pictures.ts'
import { sendTraffic } from './traffic.ts'

// Pages draw their timelines with a short animation, which no event of the page ends.
const SETTLE_MS = 2_000

await onThrowAwayStack(async (stack) => {
  const browser = await openBrowser()
  try {
    await sendTraffic(stack)
    const page = await openPage(browser, stack)
    for (const { file, clip, open } of PICTURES) {
      await page.setViewportSize({ width: clip.x + clip.width, height: clip.y + clip.height })
      await open(page, stack)
      await sleep(SETTLE_MS)
      // Sharp on any screen, and a quarter as large as PNG.
      const picture = await page.screenshot({ type: 'webp', quality: 75, clip })
      if (picture.length > MAX_BYTES) throw new Error(`${file} has ${picture.length} bytes, more than ${MAX_BYTES}.`)
      await writeFile(join(FOLDER, file), picture)
      console.log(`docs/images/${file}  ${Math.round(picture.length / 1000)} kB`)
    }
    return true
  } finally {
    await browser.close()
  }
})
