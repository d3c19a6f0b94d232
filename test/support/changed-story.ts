// The repository's workflow code with changes: a step that a careless change adds, and a signal that an older version lacks.

import { readFile } from 'node:fs/promises'
import { inject } from 'vitest'

// A step of the story itself; the bundler writes the call of an import like this.
const STEP = /await \(0,[^)]*perform\)\([^)]*registerContact, customer, run\)/

/** The code of a bundle that runs of the repository's own cannot replay on. */
export async function changedStory(): Promise<string> {
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  if (!STEP.test(code)) throw new Error('The story has changed; this has to change with it.')
  return code.replace(STEP, (step) => `await new Promise((resolve) => setTimeout(resolve, 1));\n${step}`)
}

// The bundler writes the handlers' table like this.
const UPDATE_HANDLER = /(customerUpdated)\.name\]: \{/

/** The code of a bundle from the time before customers could be updated: it does not know the signal. */
export async function storyWithoutUpdates(): Promise<string> {
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  if (!UPDATE_HANDLER.test(code)) throw new Error('The handlers have changed; this has to change with them.')
  return code.replace(UPDATE_HANDLER, `$1.name + 'Later']: {`)
}
