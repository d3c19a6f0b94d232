// `npm run demo`: ten customers, two existing contacts, an outage and an update; it ends with a check of every record.

import { playDemo } from './story.ts'
import { onThrowAwayStack } from '../launcher/throw-away-stack.ts'

await onThrowAwayStack(async (stack) => await playDemo({ ...stack, say: (line) => console.log(line) }))
