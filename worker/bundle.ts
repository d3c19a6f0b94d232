// The workflow bundle: prebuilt by `npm run bundle`, or built when the worker starts.

import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import type { BundleOptions, WorkflowBundleOption } from '@temporalio/worker'
import { payloadConverterPath } from '../platform/temporal.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SDK_VERSION = (createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string }).version

/** Returns the prebuilt bundle if it matches the sources and the SDK version. Otherwise builds one, in under a second. */
export async function workflowBundle(logger?: BundleOptions['logger']): Promise<WorkflowBundleOption> {
  const codePath = prebuiltPath()
  return existsSync(codePath) ? { codePath } : { code: await bundleWorkflows(logger) }
}

/** Builds the bundle and returns its code. By default `logger` hides webpack's progress. */
export async function bundleWorkflows(logger: BundleOptions['logger'] = new DefaultLogger('WARN')): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows/index.ts'),
    payloadConverterPath,
    logger,
    // The worker requires an inline source map. Ours has no sources and only relative paths, so the map is small and the same in
    // every folder. Stack traces still name file and line.
    webpackConfigHook: (config) => ({
      ...config,
      devtool: 'inline-nosources-cheap-module-source-map',
      output: {
        ...config.output,
        filename: 'workflow-bundle.js',
        devtoolModuleFilenameTemplate: ({ resourcePath }: { resourcePath: string }) => relative(ROOT, resourcePath),
      },
    }),
  })
  return code
}

/** The file name contains a hash of everything in the bundle, so that an outdated bundle is never used. */
function prebuiltPath(): string {
  const hash = createHash('sha256').update(SDK_VERSION)
  const sources = globSync(['workflows/**/*.ts', 'domain/**/*.ts', 'platform/payload-converter.ts'], { cwd: ROOT })
  for (const source of sources.sort()) hash.update(source).update(readFileSync(join(ROOT, source)))
  return join(ROOT, 'build', `workflow-bundle-${hash.digest('hex').slice(0, 16)}.js`)
}

if (import.meta.main) {
  const path = prebuiltPath()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, await bundleWorkflows())
  console.log(`${relative(ROOT, path)}: the worker uses it until a file of workflows/ or domain/ changes`)
}
