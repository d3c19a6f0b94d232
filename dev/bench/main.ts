// `npm run bench -- overload` and `npm run bench -- accept`: measures the API of a whole stack under load.

import { parseArgs } from 'node:util'
import { onThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { benchAccept } from './accept.ts'
import { benchOverload } from './overload.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '500' },
  },
})
const benches = { overload: benchOverload, accept: benchAccept }
const bench = benches[positionals[0] as keyof typeof benches]

if (bench === undefined) {
  console.error('Use `npm run bench -- overload` or `npm run bench -- accept`, with `--rounds 3` for three rounds.')
  process.exit(2)
}
const options = {
  rounds: Number(values.rounds),
  events: Number(values.events),
  connections: Number(values.connections),
  say: (line: string) => console.log(line),
}
await onThrowAwayStack(async (stack) => {
  await bench(stack, options)
  return true
})
