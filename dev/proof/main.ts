// `npm run proof`: checks the guarantees on a whole stack under faults. `npm run proof -- --help` lists the proofs.

import { onThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { helpText, proofArguments, WrongArguments } from './arguments.ts'
import type { ProofArguments } from './arguments.ts'
import { summaryOf } from './proof.ts'
import { PROOFS } from './proofs/all.ts'

const say = (line: string) => console.log(line)

const parsed = readArguments()
if (parsed === 'help') {
  say(helpText(PROOFS))
} else {
  const { proof, settings } = parsed
  await onThrowAwayStack(async (stack) => {
    const { lines, holds } = summaryOf(await proof.run(stack, { ...settings, say }))
    for (const line of lines) say(line)
    return holds
  })
}

function readArguments(): ProofArguments | 'help' {
  try {
    return proofArguments(process.argv.slice(2), PROOFS)
  } catch (error) {
    if (!(error instanceof WrongArguments)) throw error
    console.error(error.message)
    process.exit(2)
  }
}
