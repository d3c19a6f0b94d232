// `npm start` and the scripts of package.json start Node with the same options.

import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { API_ARGUMENTS } from '../../api/node-arguments.ts'
import { WORKER_ARGUMENTS } from '../../worker/node-arguments.ts'
import packageJson from '../../package.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

it.for([
  ['api', API_ARGUMENTS],
  ['worker', WORKER_ARGUMENTS],
] as const)('`npm run %s` starts Node as the launcher does', ([name, given]) => {
  const command = packageJson.scripts[name].split(' && ').at(-1) ?? ''
  const ofScript = command.split(' ').slice(2)
  const ofLauncher = given.map((argument) => {
    if (argument.startsWith('file:')) return `./${relative(ROOT, fileURLToPath(argument))}`
    return argument.startsWith('/') ? relative(ROOT, argument) : argument
  })
  expect(ofLauncher).toEqual(ofScript)
})
