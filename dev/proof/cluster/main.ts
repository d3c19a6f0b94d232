// `npm run test:cluster`: tests and proofs on a production Temporal server. `npm run test:cluster -- --help` lists its parts.

import { randomUUID } from 'node:crypto'
import { table } from '../../bench/figures.ts'
import { stopSignal } from '../../launcher/stop-signal.ts'
import { createNamespace, deleteNamespaces } from '../../launcher/temporal/namespaces.ts'
import { WrongArguments } from '../arguments.ts'
import { clusterArguments, clusterHelp } from './arguments.ts'
import type { ClusterArguments } from './arguments.ts'
import { failed, holds, rowsOf } from './part.ts'
import type { FinishedPart, Part, PartResult } from './part.ts'
import { PARTS } from './parts.ts'

const say = (line: string) => console.log(line)
const READY_WITHIN_MS = 60_000

const parsed = readArguments()
if (parsed === 'help') say(clusterHelp(PARTS))
else process.exitCode = await runAll(parsed)
process.exit()

/** Returns the exit code. A part that fails is in the table, and the next one runs. */
async function runAll(options: ClusterArguments): Promise<number> {
  const stopping = stopSignal(process.env)
  const finished: FinishedPart[] = []
  for (const part of PARTS.filter(({ name }) => options.parts.includes(name))) {
    if (stopping.aborted) break
    say(`\n${part.name}: ${part.checks.join(' ')}`)
    const startedAt = Date.now()
    const result = await runPart(part, options, stopping).catch(failed)
    for (const sentence of result.wrong) say(sentence)
    finished.push({ ...result, name: part.name, seconds: (Date.now() - startedAt) / 1000 })
  }
  for (const line of ['', `seed ${options.settings.seed}`, ...table(rowsOf(finished))]) say(line)
  const isKept = finished.length === options.parts.length && finished.every(holds)
  say(isKept ? 'All guarantees hold.' : 'Not all guarantees hold.')
  return isKept ? 0 : 1
}

/** Runs the part in a namespace of its own, which is deleted afterwards. */
async function runPart(
  part: Part,
  { address, settings, outages }: ClusterArguments,
  stopping: AbortSignal,
): Promise<PartResult> {
  const namespace = `onramp-${part.name}-${randomUUID().slice(0, 8)}`
  await createNamespace(namespace, { address, timeoutMs: READY_WITHIN_MS })
  try {
    return await part.run({ temporal: { address, namespace }, settings: { ...settings, say }, outages, stopping })
  } finally {
    await deleteNamespaces(namespace, address)
  }
}

function readArguments(): ClusterArguments | 'help' {
  try {
    return clusterArguments(process.argv.slice(2), process.env['TEMPORAL_ADDRESS'], PARTS)
  } catch (error) {
    if (!(error instanceof WrongArguments)) throw error
    console.error(error.message)
    process.exit(2)
  }
}
