// An app under measurement: onramp or the naive app, with processes and a HubSpot of its own.

import type { Client } from '@temporalio/client'
import type { EmulatorControl } from 'hubspot-emulator/control'
import type { Usage } from '../usage.ts'

/** `in clear`: onramp without encryption. */
export type AppName = 'onramp' | 'in clear' | 'naive'

export type Part = 'api' | 'worker' | 'temporal'

export interface RunningApp {
  name: AppName
  /** The address that receives the product's events. */
  webhookUrl: string
  /** The address whose answer shows that the API is alive. */
  liveUrl: string
  webhookSecret: string
  portal: EmulatorControl
  temporal: Client
  /** The id of a customer's workflow. */
  workflowId: (customerId: string) => string
  usage: () => Record<Part, Usage>
  /** Sends SIGKILL to the worker, and starts another one at once. */
  replaceWorker: () => Promise<void>
  /** Starts onramp's next worker beside the others, and returns when it is ready. Its usage counts with theirs. */
  addWorker: () => Promise<void>
}

/** How an app is started. */
export interface AppOptions {
  name: AppName
  /** Settings of onramp, on top of its defaults. The naive app has none. */
  settings: NodeJS.ProcessEnv
  /** `host:port` of a running Temporal server; `null` starts a development server for this app alone. */
  temporalAddress: string | null
  /** The namespace on that server; `default` on a development server. */
  temporalNamespace: string
  /** The processes of that server, whose CPU time counts as Temporal's. */
  temporalPids: number[]
  /** The folder for CPU profiles of API and worker; `null` for none. */
  profileDir: string | null
}
