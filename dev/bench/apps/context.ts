// The types for starting an app: its settings, and the running app.

import type { RunningApp } from './app.ts'
import type { AppProcesses } from './processes.ts'

export interface StartContext {
  dataDir: string
  emulatorUrl: string
  processes: AppProcesses
  settings: NodeJS.ProcessEnv
  /** `null` starts a development server. */
  temporalAddress: string | null
  temporalNamespace: string
  /** A name that nothing else uses, since a running server may have workers of other runs. */
  taskQueue: string
  signal: AbortSignal
  /** Takes a line about the start; the lines are shown when the start fails. */
  note: (line: string) => void
}

export type StartedApp = Pick<RunningApp, 'webhookUrl' | 'liveUrl' | 'webhookSecret' | 'workflowId'> & {
  temporalAddress: string
}
