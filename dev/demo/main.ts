// `npm run demo`: ten customers, two of whom HubSpot knows already, one outage and one update; says whether every record is right.

import { tellStory } from './story.ts'
import { onThrowAwayStack } from '../launcher/throw-away-stack.ts'

await onThrowAwayStack(async (stack) => await tellStory({ ...stack, say: (line) => console.log(line) }))
