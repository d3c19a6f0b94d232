// The processes of one app: starts them, notices when one ends by itself, and replaces the worker.

import { dirname, join } from 'node:path'
import { ProcessFailed } from '../../launcher/readiness.ts'
import type { StackProcess, Supervisor } from '../../launcher/processes.ts'

type StartOptions = Parameters<Supervisor['start']>[0]

export interface AppProcesses {
  /** Starts processes like a supervisor, and remembers them by name. */
  supervisor: Supervisor
  /** The process id of the running process with this name; none when it was not started here. */
  pidsOf: (name: string) => number[]
  /** Ends the process with SIGKILL, and starts it again with the same options. */
  replace: (name: string) => Promise<void>
  /** Starts another process with the options of a running one, under another name and with further variables. */
  startAnother: (name: string, as: string, env: NodeJS.ProcessEnv) => StackProcess
  /** Resolves when a process has ended by itself. */
  failed: Promise<ProcessFailed>
  /** From this call on, a process may end. Stops all, and checks that none is left. */
  close: () => Promise<void>
}

/** These processes end by themselves. */
const SHORT_LIVED = /^(bundle|setup|tar|python|python3)$/
const PROFILED = /^(worker|API)$/

export function appProcesses(supervisor: Supervisor, profileDir: string | null): AppProcesses {
  const running = new Map<string, { options: StartOptions; started: StackProcess }>()
  const { promise: failed, resolve } = Promise.withResolvers<ProcessFailed>()
  let closing = false

  function start(options: StartOptions): StackProcess {
    const started = supervisor.start(options)
    if (SHORT_LIVED.test(options.name)) return started
    running.set(options.name, { options, started })
    void started.ended.then((how) => {
      const isExpected = closing || running.get(options.name)?.started !== started
      if (!isExpected) resolve(new ProcessFailed(started, how))
    })
    return started
  }

  function known(name: string) {
    const found = running.get(name)
    if (found === undefined) throw new Error(`There is no process ${name}.`)
    return found
  }

  return {
    supervisor: { ...supervisor, start: (options) => start(profiled(options, profileDir)) },
    failed,
    pidsOf: (name) => [running.get(name)?.started.pid].filter((pid) => typeof pid === 'number'),
    startAnother(name, as, env) {
      const { options } = known(name)
      const logFile = join(dirname(options.logFile), `${as.replaceAll(' ', '-')}.log`)
      return start({ ...options, name: as, env: { ...options.env, ...env }, logFile })
    },
    async replace(name) {
      const replaced = known(name)
      running.delete(name)
      const { options, started } = replaced
      if (started.pid !== null) process.kill(-started.pid, 'SIGKILL')
      await started.ended
      start(options)
    },
    async close() {
      closing = true
      await supervisor.close()
      for (const { started } of running.values()) {
        if (started.pid !== null && isRunning(started.pid)) {
          throw new Error(`The ${started.name} (process group ${started.pid}) did not end.`)
        }
      }
    },
  }
}

/** Node writes one profile for the process and one for each of its threads when it exits. */
function profiled(options: StartOptions, profileDir: string | null): StartOptions {
  if (profileDir === null || !PROFILED.test(options.name)) return options
  const folder = join(profileDir, options.name.toLowerCase())
  return { ...options, args: ['--cpu-prof', `--cpu-prof-dir=${folder}`, ...options.args] }
}

function isRunning(group: number): boolean {
  try {
    process.kill(-group, 0)
    return true
  } catch {
    return false
  }
}
