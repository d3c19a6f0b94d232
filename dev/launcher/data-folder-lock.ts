// Locks a data folder for one launcher, since two Temporal servers on one file destroy each other's writes.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeDataFolder } from './data-folder-mode.ts'

// After a launcher is killed, its guard needs up to five seconds to kill the processes (guard.sh).
const GUARD_TIMEOUT_MS = 10_000

export interface DataFolderLock {
  release(): void
}

/**
 * Locks the folder, and creates it when it is missing. Then waits until the processes of a killed launcher have ended.
 *
 * @throws Error when another launcher uses the folder, or other users can read it and it is not onramp's alone
 */
export async function lockDataFolder(options: {
  folder: string
  /** The guard, which ends the launcher's processes if the launcher is killed; `null` when the guard could not start. */
  guardPid: number | null
  log: (line: string) => void
}): Promise<DataFolderLock> {
  const { folder, guardPid, log } = options
  closeDataFolder(folder, log)
  const holderFile = join(folder, 'launcher.json')

  // The kernel releases SQLite's lock when the process ends in any way, so a lock never outlives its process.
  const lock = new DatabaseSync(join(folder, 'launcher.lock'))
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    const SQLITE_BUSY = 5
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    const { launcher } = readHolder(holderFile)
    throw new Error(
      `The data folder ${folder} is in use by another launcher${launcher === null ? '' : ` (process ${launcher})`}. ` +
        'Stop that one first, or set ONRAMP_DATA_DIR to another folder.',
    )
  }

  const { guard } = readHolder(holderFile)
  if (guard !== null && isAlive(guard)) log('An earlier launcher was killed; waiting until its processes have ended …')
  const deadline = Date.now() + GUARD_TIMEOUT_MS
  while (guard !== null && isAlive(guard) && Date.now() < deadline) await sleep(50)

  writeFileSync(holderFile, JSON.stringify({ launcher: process.pid, guard: guardPid }))
  return {
    release() {
      rmSync(holderFile, { force: true })
      lock.close()
    },
  }
}

/** The process ids of the last launcher and its guard, for messages and waiting. Only the lock shows that a folder is in use. */
function readHolder(file: string): { launcher: number | null; guard: number | null } {
  try {
    const { launcher = null, guard = null } = JSON.parse(readFileSync(file, 'utf8'))
    return { launcher, guard }
  } catch {
    return { launcher: null, guard: null }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A signal also succeeds for a zombie: a process that has ended but is not reaped yet. On Linux, /proc shows a zombie's state.
  const status = `/proc/${pid}/status`
  return !existsSync(status) || !/^State:\s*Z/m.test(readFileSync(status, 'utf8'))
}
