// Workflows for a worker that must survive an endless loop: one of them never returns.

export async function endless(): Promise<void> {
  for (;;);
}

export async function short(): Promise<string> {
  return await Promise.resolve('done')
}
