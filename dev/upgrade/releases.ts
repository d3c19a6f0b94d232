// The releases of an upgrade: the one that is frozen in test/histories, this checkout, and this checkout with broken workflow code.

import { execFile } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadConfig } from '../../platform/config.ts'
import { secureCacheFolder } from '../launcher/temporal/cache.ts'
import { userCacheDir } from '../launcher/temporal/cli.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const HISTORIES = join(ROOT, 'test/histories')

/** A checkout of onramp whose processes can be started. */
export interface Release {
  /** In messages and tables, and as TEMPORAL_WORKER_BUILD_ID. */
  name: string
  /** With a slash at its end. */
  folder: string
}

/** Bundles the workflow code, so that workers start faster. */
export async function thisRelease(): Promise<Release> {
  const release = { name: 'this-checkout', folder: ROOT }
  await bundle(release)
  return release
}

/**
 * The newest release with recorded histories. Its first use checks out its commit and installs its packages of production, in the
 * cache folder.
 *
 * @throws Error when this clone does not have the commit
 */
export async function formerRelease(say: (line: string) => void): Promise<Release> {
  const version = readdirSync(HISTORIES)
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1)
  if (version === undefined) throw new Error(`${HISTORIES} has no folder of a release.`)
  const index = JSON.parse(readFileSync(join(HISTORIES, version, 'index.json'), 'utf8')) as Record<
    string,
    { commit: string }
  >
  const commit = Object.values(index)[0]?.commit ?? ''
  await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT }).catch(() => {
    throw new Error(
      `This clone does not have commit ${commit}, the code of release ${version}. Run \`git fetch --unshallow\`, or clone the repository with its whole history.`,
    )
  })

  const cacheDir = loadConfig(process.env).onrampCacheDir ?? userCacheDir(process.env)
  await secureCacheFolder(cacheDir)
  const release = { name: `release-${version}`, folder: join(cacheDir, `release-${version}-${commit.slice(0, 12)}/`) }
  if (!existsSync(release.folder)) {
    say(`Installing release ${version} in ${release.folder} (only once) …`)
    await install(commit, cacheDir, release.folder)
  }
  return release
}

/** The folder gets its name when it is complete, so that a run that was ended leaves nothing that looks complete. */
async function install(commit: string, cacheDir: string, folder: string): Promise<void> {
  const unfinished = await mkdtemp(join(cacheDir, 'release-'))
  try {
    await run('sh', ['-c', `git archive ${commit} | tar -x -C "$0"`, unfinished], { cwd: ROOT })
    // The processes run on the Node of this checkout.
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: unfinished })
    await bundle({ name: commit, folder: `${unfinished}/` })
    await rename(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

// A timer that recorded runs do not have.
const STEP = '    await perform(registerContact, customer, run)\n'
const COPIED = ['activities', 'domain', 'hubspot', 'platform', 'worker', 'workflows', 'package.json']

/** A copy of this checkout's worker, on whose workflow code the runs of this checkout do not replay. */
export async function brokenRelease(folder: string): Promise<Release> {
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const file = join(folder, 'workflows/onboard-customer.ts')
  const code = readFileSync(file, 'utf8')
  if (!code.includes(STEP)) throw new Error(`workflows/onboard-customer.ts has no line like STEP: adapt STEP.`)
  const changed = code.replace(STEP, `    await sleep(1)\n${STEP}`)
  writeFileSync(file, `import { sleep } from '@temporalio/workflow'\n${changed}`)
  const release = { name: 'broken', folder: `${folder}/` }
  await bundle(release)
  return release
}

async function bundle({ folder }: Release): Promise<void> {
  await run(process.execPath, [join(folder, 'worker/bundle.ts')], { cwd: folder })
}

/** Arguments of this checkout for Node, for the same process of another release. */
export function argumentsIn({ folder }: Release, args: readonly string[]): string[] {
  return args.map((argument) => argument.replace(ROOT, folder))
}
