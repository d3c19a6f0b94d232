// Runs a command of the image as a container does: its files read-only, its user without rights, its process the first of its own.

import { execFileSync, spawn } from 'node:child_process'
import type { BuiltImage } from './build.ts'

export interface Container {
  output: () => string
  /** Its exit code; `null` when it was killed. */
  ended: Promise<number | null>
  /** Sends SIGTERM to the first process in it. */
  terminate(): Promise<{ code: number | null; tookMs: number }>
  kill(): void
}

// $1 is the folder with the image, $2 its user, the rest its command. The mounts vanish with the namespace.
const ENTER = `set -eu
root=$1; user=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
exec setpriv --no-new-privs chroot --userspec="$user" --groups="" "$root" "$@"`

/** Starts it in the machine's own network. */
export function startContainer({ files, config }: BuiltImage, args: string[], env: Record<string, string>): Container {
  const namespaces = ['--mount', '--pid', '--ipc', '--fork']
  const command = ['sh', '-c', ENTER, 'onramp', files, config.User, ...config.Entrypoint, ...args]
  const own = Object.fromEntries(config.Env.map((entry) => entry.split(/=(.*)/s).slice(0, 2)) as [string, string][])
  const child = spawn('unshare', [...namespaces, ...command], {
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    output: () => output,
    ended,
    async terminate() {
      const startedAt = performance.now()
      process.kill(firstProcessOf(child.pid!), 'SIGTERM')
      return { code: await ended, tookMs: performance.now() - startedAt }
    },
    kill() {
      if (child.exitCode === null && child.signalCode === null) process.kill(firstProcessOf(child.pid!), 'SIGKILL')
    },
  }
}

/** The process that is number 1 inside. */
function firstProcessOf(unshare: number): number {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(unshare)], { encoding: 'utf8' })
  const [first = ''] = children.trim().split('\n')
  if (first === '') throw new Error('The container has ended already.')
  return Number(first)
}
