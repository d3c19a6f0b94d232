// The workflow bundle: prebuilt by `npm run bundle` or `npm start`, or built when the worker starts.

import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import type { BundleOptions } from '@temporalio/worker'
import { CONVERTER_PATHS } from '../platform/payloads/data-converter.ts'
import { readPrebuilt, writePrebuilt } from './prebuilt-bundle.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WORKFLOWS = join(ROOT, 'workflows/index.ts')

/** Returns the prebuilt bundle if it matches the sources and the SDK version. Otherwise builds one, in about a second. */
export async function workflowBundle(logger?: BundleOptions['logger']): Promise<{ code: string }> {
  return { code: readPrebuilt() ?? (await bundleWorkflows(logger)) }
}

/** Builds the bundle and returns its code. By default `logger` hides webpack's progress. */
export async function bundleWorkflows(logger: BundleOptions['logger'] = new DefaultLogger('WARN')): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    ...CONVERTER_PATHS,
    // Each module runs once in a workflow thread, and not once for each workflow. So no module may keep anything (test/architecture.test.ts,
    // docs/decisions/0032-workflows-share-their-modules.md).
    preloadModules: [WORKFLOWS, ...Object.values(CONVERTER_PATHS)],
    logger,
    // The worker requires an inline source map. Ours has no sources and only relative paths, so the map is small and the same in
    // every folder. Stack traces still name file and line.
    webpackConfigHook: (config) => ({
      ...config,
      // The bundle names its modules by their path from here. By default that is the working folder of the process.
      context: ROOT,
      devtool: 'inline-nosources-cheap-module-source-map',
      output: {
        ...config.output,
        filename: 'workflow-bundle.js',
        devtoolModuleFilenameTemplate: ({ resourcePath }: { resourcePath: string }) =>
          resourcePath.replaceAll(ROOT, '').replace(/^\.\//, ''),
      },
    }),
  })
  return code
}

if (import.meta.main) {
  const path = writePrebuilt(await bundleWorkflows())
  console.log(`${relative(ROOT, path)}: the worker uses it until a file of workflows/ or domain/ changes`)
}
