// CPU time and memory of process groups, from Linux's /proc. Elsewhere both are unknown.

import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** CPU time since the processes started, user and system, in milliseconds; `null` when unknown. */
  cpuMs: number | null
  /** Resident memory in MB (10⁶ bytes); `null` when unknown. */
  memoryMb: number | null
}

// The kernel reports in these units on every Linux that Node supports.
const TICK_MS = 10
const UNKNOWN: Usage = { cpuMs: null, memoryMb: null }

/**
 * The usage of these processes, of all processes in their groups and of all their children. A process that has ended counts nothing,
 * unless its parent counts and has waited for it.
 */
export function usageOf(pids: number[]): Usage {
  if (process.platform !== 'linux' || pids.length === 0) return UNKNOWN
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = parseStat(textOf(`/proc/${name}/stat`) ?? '')
      return stat === null ? [] : [{ pid: Number(name), ...stat }]
    })
  const counted = withChildren(all, pids)
  const memoryKb = counted.map(({ pid }) => memoryKbIn(textOf(`/proc/${pid}/status`) ?? ''))
  return {
    cpuMs: counted.reduce((sum, { ticks }) => sum + ticks, 0) * TICK_MS,
    memoryMb: (memoryKb.reduce((sum, each) => sum + each, 0) * 1024) / 1e6,
  }
}

interface Stat {
  parent: number
  group: number
  /** CPU time of the process and of the children that it has waited for. */
  ticks: number
}

/** The processes of these ids and groups, and their children: each of PostgreSQL's has a group of its own. */
export function withChildren<Process extends Stat & { pid: number }>(all: Process[], pids: number[]): Process[] {
  const counted = new Set(pids)
  for (let before = -1; before !== counted.size;) {
    before = counted.size
    for (const { pid, parent, group } of all) if (counted.has(parent) || pids.includes(group)) counted.add(pid)
  }
  return all.filter(({ pid }) => counted.has(pid))
}

/** Parent, process group and CPU ticks in a line of /proc/<pid>/stat; `null` when the line is not complete. */
export function parseStat(line: string): Stat | null {
  // The second field is the program's name, which may hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [parent, group, ...ticks] = [fields[1], fields[2], ...fields.slice(11, 15)].map(Number)
  if (parent === undefined || group === undefined || ticks.length < 4) return null
  if ([parent, group, ...ticks].some(Number.isNaN)) return null
  return { parent, group, ticks: ticks.reduce((sum, each) => sum + each, 0) }
}

function memoryKbIn(status: string): number {
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0)
}

/** Returns `null` when the process has ended. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error
    return null
  }
}
