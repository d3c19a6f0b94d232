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

/** The usage of these processes and of all processes in their groups. A process that has ended counts nothing. */
export function usageOf(pids: number[]): Usage {
  if (process.platform !== 'linux' || pids.length === 0) return UNKNOWN
  const counted = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = textOf(`/proc/${name}/stat`)
      const fields = stat === null ? null : parseStat(stat)
      return fields !== null && (pids.includes(Number(name)) || pids.includes(fields.group))
        ? [{ ...fields, memoryKb: memoryKbIn(textOf(`/proc/${name}/status`) ?? '') }]
        : []
    })
  return {
    cpuMs: counted.reduce((sum, { ticks }) => sum + ticks, 0) * TICK_MS,
    memoryMb: (counted.reduce((sum, { memoryKb }) => sum + memoryKb, 0) * 1024) / 1e6,
  }
}

/** The process group and the CPU ticks in a line of /proc/<pid>/stat, with those of children that were waited for. */
export function parseStat(line: string): { group: number; ticks: number } | null {
  // The second field is the program's name, which may hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [group, ...ticks] = [fields[2], ...fields.slice(11, 15)].map(Number)
  if (group === undefined || ticks.length < 4 || [group, ...ticks].some(Number.isNaN)) return null
  return { group, ticks: ticks.reduce((sum, each) => sum + each, 0) }
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
