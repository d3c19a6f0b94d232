// The repository's workflow code, changed: with a step that recorded runs do not have, without a signal, and without a query.

import { readFile } from 'node:fs/promises'
import { inject } from 'vitest'

// The bundler writes the call of an imported function like this.
const STEP = /await \(0,[^)]*perform\)\([^)]*registerContact, customer, run\)/

/** A bundle on which runs of the repository's code cannot replay. */
export async function changedStory(): Promise<string> {
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  if (!STEP.test(code))
    throw new Error('The bundle holds no step like STEP: adapt STEP to workflows/onboard-customer.ts.')
  return code.replace(STEP, (step) => `await new Promise((resolve) => setTimeout(resolve, 1));\n${step}`)
}

// The bundler writes the handlers' table like this.
const UPDATE_HANDLER = /(customerUpdated)\.name\]: \{/

/** The bundle of an older version that does not know the signal `customerUpdated`. */
export async function storyWithoutUpdates(): Promise<string> {
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  if (!UPDATE_HANDLER.test(code)) {
    throw new Error('The bundle holds no handler like UPDATE_HANDLER: adapt it to workflows/handlers.ts.')
  }
  return code.replace(UPDATE_HANDLER, `$1.name + 'Later']: {`)
}

// The bundler writes the definition of the query like this.
const VALUES_QUERY = "('customerValues')"

/** The bundle of an older version that does not know the query `customerValues`. */
export async function storyWithoutValues(): Promise<string> {
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  if (!code.includes(VALUES_QUERY)) {
    throw new Error('The bundle holds no definition like VALUES_QUERY: adapt it to workflows/messages.ts.')
  }
  return code.replace(VALUES_QUERY, "('customerValuesLater')")
}
