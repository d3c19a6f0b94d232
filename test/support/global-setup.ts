// Starts one Temporal server, or uses a given one, and builds one workflow bundle before all tests.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorkflows } from '../../worker/bundle.ts'
import { givenTemporal, startTestTemporal } from './temporal.ts'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string
    temporalNamespace: string
    temporalSkipsTime: boolean
    temporalIsDevelopment: boolean
    workflowBundlePath: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-bundle-'))
  const workflowBundlePath = join(folder, 'workflow-bundle.js')
  // TEMPORAL_ADDRESS may name a developer's production server, so the tests have a variable of their own.
  const given = process.env['ONRAMP_TEST_TEMPORAL']
  const starting = given ? givenTemporal(given) : startTestTemporal()
  const [temporal, code] = await Promise.all([starting, bundleWorkflows()])
  await writeFile(workflowBundlePath, code)

  project.provide('temporalAddress', temporal.address)
  project.provide('temporalNamespace', temporal.namespace)
  project.provide('temporalSkipsTime', temporal.skipsTime)
  project.provide('temporalIsDevelopment', temporal.isDevelopment)
  project.provide('workflowBundlePath', workflowBundlePath)
  return async () => {
    await temporal.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
