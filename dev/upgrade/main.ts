// `npm run test:upgrade`: upgrades an installation of the newest frozen release to this checkout, by the runbook's commands.

import { onThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { formerRelease, thisRelease } from './releases.ts'
import { tableOf } from './report.ts'
import type { Row } from './report.ts'
import { WAYS } from './ways.ts'
import type { Way } from './ways.ts'

const say = (line: string) => console.log(line)
const names = Object.keys(WAYS) as Way[]

const chosen = chosenOrExit(process.argv.slice(2))
const releases = await Promise.all([formerRelease(say), thisRelease()]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
const [former, current] = releases

await onThrowAwayStack(async (stack) => {
  const startedAt = Date.now()
  const rows: Row[] = []
  for (const way of chosen) {
    say('')
    say(`${way}: ${WAYS[way].does}`)
    rows.push(...(await WAYS[way].run({ stack, former, current, say })))
  }
  const broken = rows.filter(({ holds }) => !holds).length
  say('')
  say(`From ${former.name} to ${current.name}, in ${Math.round((Date.now() - startedAt) / 1000)} s:`)
  for (const line of tableOf(rows)) say(line)
  say(broken === 0 ? 'All promises hold.' : `${broken} promises are broken.`)
  return broken === 0
})

function chosenOrExit(args: string[]): Way[] {
  const isWay = (name: string): name is Way => names.some((way) => way === name)
  const ways = args.filter(isWay)
  if (ways.length === args.length) return ways.length > 0 ? ways : names
  console.log(`npm run test:upgrade -- [WAY …]

Upgrades an installation of the newest frozen release (test/histories) to this checkout, on a Temporal and a HubSpot emulator of its own.
Without a name it takes all ways:

${names.map((way) => `  ${way.padEnd(12)}${WAYS[way].does}`).join('\n')}

The exit code is 0 when every promise holds.`)
  process.exit(args.some((name) => name === '--help' || name === '-h') ? 0 : 2)
}
