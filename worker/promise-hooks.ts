// Loaded by `node --import` into the worker and its workflow threads, before Temporal's SDK: switches stack traces of workflows off.

import v8 from 'node:v8'

// For each promise of a workflow, the SDK captures a stack and reads its source map, only for the query `__stack_trace` of the
// Temporal UI. That takes a third of the time of the workflow thread (docs/decisions/0027-no-stack-traces-of-workflows.md). No option
// of the SDK switches it off. A workflow thread has no other way to get the setting than its environment.
if (process.env['WORKFLOW_STACK_TRACES'] !== 'on') v8.promiseHooks.createHook = () => () => {}
