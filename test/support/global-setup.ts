// Starts one Temporal server, or uses a given one, and takes one workflow bundle for all tests.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workflowBundle } from '../../worker/bundle.ts'
import { writePrebuilt } from '../../worker/prebuilt-bundle.ts'
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
  // `npm run test:cluster` sets these. TEMPORAL_ADDRESS may be the developer's production server.
  const { ONRAMP_TEST_TEMPORAL: address, ONRAMP_TEST_NAMESPACE: namespace } = process.env
  const starting = address && namespace ? givenTemporal({ address, namespace }) : startTestTemporal()
  const [temporal, { code }] = await Promise.all([starting, workflowBundle()])
  await writeFile(workflowBundlePath, code)
  // The processes that tests start would each bundle the code, for two seconds of CPU.
  writePrebuilt(code)

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
