// The repository's workflow code with one step more in it, as a careless change would bring it.

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
