// Starts one Temporal server and builds one workflow bundle before all tests.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorkflows } from '../../worker/bundle.ts'
import { startTestTemporal } from './temporal.ts'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string
    workflowBundlePath: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-bundle-'))
  const workflowBundlePath = join(folder, 'workflow-bundle.js')
  const [temporal, code] = await Promise.all([startTestTemporal(), bundleWorkflows()])
  await writeFile(workflowBundlePath, code)

  project.provide('temporalAddress', temporal.address)
  project.provide('workflowBundlePath', workflowBundlePath)
  return async () => {
    await temporal.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
