// A Temporal namespace for one test file, for tests that read or change all customers at once.

import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { createNamespace } from '../../dev/launcher/temporal/namespaces.ts'
import { atEndOfFile } from './end-of-file.ts'

let namespace: Promise<string> | null = null

/** The name of the namespace, which is created once for each test file. */
export async function ownNamespace(): Promise<string> {
  if (namespace !== null) return await namespace
  atEndOfFile(() => (namespace = null))
  return await (namespace = createOwn())
}

async function createOwn(): Promise<string> {
  // `npm run test:cluster` deletes all namespaces that begin with the name of its own.
  const name = `${inject('temporalNamespace')}-${randomUUID()}`
  await createNamespace(name, { address: inject('temporalAddress'), timeoutMs: 60_000 })
  return name
}
