// The installation as a whole, for the console: phases, parked customers, the task queue, and HubSpot as a worker sees it.

import type { Client } from '@temporalio/client'
import type { CrmStateOfWorker } from '../../domain/crm-state.ts'
import { CrmStates } from './crm-state.ts'
import { listParked } from './parked-list.ts'
import type { ParkedList } from './parked-list.ts'
import { countPhases } from './phase-counts.ts'
import type { PhaseCounts } from './phase-counts.ts'
import { describeTaskQueue } from './task-queue.ts'
import type { TaskQueueState } from './task-queue.ts'
import { TemporalUi } from './temporal-ui.ts'

interface InstallationOptions {
  client: Client
  taskQueue: string
  /** Base address of the Temporal UI; `null` omits the links to it. */
  temporalUiUrl: string | null
}

/** Each question throws a `Problem` of status 503 when Temporal does not answer. */
export class Installation {
  readonly temporalUi: TemporalUi
  readonly #client: Client
  readonly #taskQueue: string
  readonly #crmStates: CrmStates

  constructor({ client, taskQueue, temporalUiUrl }: InstallationOptions) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.temporalUi = new TemporalUi(temporalUiUrl, client.options.namespace)
    this.#crmStates = new CrmStates(client, taskQueue)
  }

  async phaseCounts(): Promise<PhaseCounts> {
    return await countPhases(this.#client)
  }

  async parked(): Promise<ParkedList> {
    return await listParked(this.#client)
  }

  async taskQueue(): Promise<TaskQueueState> {
    return await describeTaskQueue(this.#client, this.#taskQueue)
  }

  /** `null` while no worker says. */
  async hubSpot(): Promise<CrmStateOfWorker | null> {
    return await this.#crmStates.latest()
  }
}
