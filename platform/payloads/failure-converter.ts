// Temporal's failure converter, with message and stack trace in a payload, so that the codec encrypts them.

import { DefaultFailureConverter } from '@temporalio/common'
import type { FailureConverter } from '@temporalio/common'

/** Client, worker and workflow bundle load this file by path and need the exported name. */
export const failureConverter: FailureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
