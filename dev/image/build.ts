// Builds deploy/Dockerfile with buildah. Its base image is a fresh Debian from the machine's own mirror, so no registry is needed.

import { execFileSync } from 'node:child_process'
import type { ExecFileSyncOptions } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BASE = 'localhost/base'
const TAG = 'localhost/onramp'
// A machine whose proxy has certificates of its own has them here; npm in the build needs them, too.
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'
// Images of Debian leave these out; debootstrap does not.
const NOT_IN_IMAGES = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache/apt', 'var/lib/apt/lists']

export interface BuiltImage {
  /** The folder with the image's files. */
  files: string
  config: {
    User: string
    Entrypoint: string[]
    Env: string[]
    Labels: Record<string, string>
    Healthcheck: { Test: string[] }
  }
  /** Unmounts and deletes everything. */
  remove(): void
}

/** @param work an empty folder for base, layers and image: some two gigabytes */
export function buildImage(work: string, say: (line: string) => void): BuiltImage {
  const storage = ['--root', join(work, 'storage'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs']
  const buildah = (...args: string[]) => output('buildah', [...storage, ...args])

  const suite = /^ARG BASE_IMAGE=debian:(\w+)-slim$/m.exec(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8'))?.[1]
  if (suite === undefined) throw new Error('deploy/Dockerfile names no Debian as its base.')
  say(`Base: Debian ${suite}, by debootstrap`)
  const base = baseOf(suite, join(work, 'base'))
  const scratch = buildah('from', 'scratch')
  buildah('copy', '--quiet', scratch, base, '/')
  buildah('commit', '--quiet', scratch, BASE)
  buildah('rm', scratch)
  rmSync(base, { recursive: true })

  say('Build: deploy/Dockerfile')
  // The format of OCI has no health check.
  const build = [
    'build',
    '--format',
    'docker',
    '--isolation',
    'chroot',
    '--pull-never',
    '--build-arg',
    `BASE_IMAGE=${BASE}`,
  ]
  const dockerfile = ['--file', 'deploy/Dockerfile', '--ignorefile', '.dockerignore', '--tag', TAG, '.']
  run('buildah', [...storage, ...build, ...dockerfile], { cwd: ROOT })
  const container = buildah('from', '--pull-never', TAG)
  const inspected = JSON.parse(buildah('inspect', TAG)) as { Docker: { config: BuiltImage['config'] } }
  return {
    files: buildah('mount', container),
    config: inspected.Docker.config,
    remove() {
      buildah('rm', '--all')
      rmSync(work, { recursive: true, force: true })
    },
  }
}

function baseOf(suite: string, folder: string): string {
  run('debootstrap', ['--variant=minbase', suite, folder, mirror()])
  for (const path of NOT_IN_IMAGES) {
    rmSync(join(folder, path), { recursive: true, force: true })
    mkdirSync(join(folder, path), { recursive: true })
  }
  // apt wants this folder for what it downloads.
  mkdirSync(join(folder, 'var/cache/apt/archives/partial'), { recursive: true })
  if (existsSync(CERTIFICATES)) {
    copyFileSync(CERTIFICATES, join(folder, 'machine-certificates.crt'))
    writeFileSync(join(folder, 'root/.npmrc'), 'cafile=/machine-certificates.crt\n')
  }
  return folder
}

/** The first mirror of the machine's own apt. */
function mirror(): string {
  const sites = output('apt-get', ['indextargets', '--format', '$(SITE) $(ORIGIN)', 'Created-By: Packages']).split('\n')
  const site = sites.find((line) => line.endsWith(' Debian'))?.split(' ')[0]
  if (site === undefined) throw new Error('apt on this machine knows no mirror of Debian.')
  return site
}

function output(command: string, args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}

/** Shows what the command prints. */
function run(command: string, args: string[], options: ExecFileSyncOptions = {}): void {
  execFileSync(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] })
}
