// Loaded by `node --import` into the worker and its threads, before Temporal's SDK: makes workflow code cheaper to run.
// No option of the SDK does it, and a workflow thread has no other way to get a setting than its environment.

import { withoutStackTraces } from './stack-traces.ts'
import { withoutTimeouts } from './timeouts.ts'

if (process.env['WORKFLOW_STACK_TRACES'] !== 'on') withoutStackTraces()
if (process.env['WORKFLOW_TIMEOUTS'] !== 'on') withoutTimeouts()
