// The graph of files and their imports: its cycles and its shortest chains.

import { importsOf, type SourceFile } from './imports.ts'

/** Cycles of imports, types included, as `a.ts → b.ts → a.ts`. Each file of a cycle is in at least one of them. */
export function cycles(files: readonly SourceFile[]): string[] {
  const imported = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap(({ file: target }) => target ?? [])]),
  )
  const importedBy = (path: string): readonly string[] => imported.get(path) ?? []
  const reported = new Set<string>()
  return files.flatMap(({ path: start }) => {
    if (reported.has(start)) return []
    const chain = shortestChain(start, importedBy, (path) => importedBy(path).includes(start))
    for (const path of chain ?? []) reported.add(path)
    return chain === null ? [] : [[...chain, start].join(' → ')]
  })
}

/** The shortest chain of imports from a file to a goal, both included; null when no goal can be reached. */
export function shortestChain(
  start: string,
  importedBy: (path: string) => readonly string[],
  isGoal: (path: string) => boolean,
): string[] | null {
  const chains = [[start]]
  const seen = new Set([start])
  for (const chain of chains) {
    const last = chain.at(-1)!
    if (isGoal(last)) return chain
    for (const next of importedBy(last)) {
      if (!seen.has(next)) chains.push([...chain, next])
      seen.add(next)
    }
  }
  return null
}
