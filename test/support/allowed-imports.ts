// Compares the imports of files with the table of allowed imports.

import { isBuiltin } from 'node:module'
import { shortestChain } from './import-graph.ts'
import { importsOf, type Import, type SourceFile } from './imports.ts'

/** The imports that one folder may have besides its own files. A `*` at the end of an entry stands for any text. */
export interface AllowedImports {
  /** Other folders of ours, or files and folders below them. */
  folders?: readonly string[]
  /** Folders and files, but only with `import type`. */
  typesOf?: readonly string[]
  /** npm packages, and Node's modules as `node:*`. */
  packages?: readonly string[]
  /** Packages, but only with `import type`. */
  packageTypes?: readonly string[]
  /** Packages that only some files or folders below the folder may import. */
  packagesOf?: { files: readonly string[]; packages: readonly string[] }
  /** Packages that the folder may not load through the files of other folders either. */
  neverLoads?: readonly string[]
  /** The reason that the author of a violation reads. */
  why?: string
}

/** A path belongs to the longest folder that it starts with; a file beside package.json belongs to `root`. */
export type AllowTable = Readonly<Record<string, AllowedImports>>

interface Importer {
  path: string
  folder: string
  row: AllowedImports
  allow: AllowTable
  files: ReadonlyMap<string, SourceFile>
}

/** One sentence for each file without a folder and each import that is not allowed. It starts with the file's path. */
export function violations(sources: readonly SourceFile[], allow: AllowTable): string[] {
  const files = new Map(sources.map((source) => [source.path, source]))
  return sources.flatMap((source) => {
    const { path } = source
    const folder = folderOf(path, allow)
    if (folder === null) {
      return [`${path}:1 belongs to no folder of ALLOW in test/architecture.test.ts: add a row for its folder.`]
    }
    const row = allow[folder]!
    return importsOf(source).flatMap((each) => {
      const problem = problemOf(each, { path, folder, row, allow, files })
      if (problem === null) return []
      return [
        `${path}:${each.line} imports ${each.specifier ?? 'a computed path'}: ${problem} ${row.why ?? ''} ` +
          'The allowed imports stand in ALLOW in test/architecture.test.ts.',
      ]
    })
  })
}

function problemOf(each: Import, importer: Importer): string | null {
  const { specifier, file, package: name, isType } = each
  if (specifier === null) return 'Write the path as a literal, so that it can be checked.'
  if (file !== null) {
    return importer.files.has(file) ? problemOfFile(file, isType, importer) : `There is no file ${file}.`
  }
  if (isBuiltin(specifier) && !specifier.startsWith('node:')) return `Write node:${specifier}.`
  if (name === null) return 'Write a relative path, a package or a node: module.'
  return problemOfPackage(name, isType, importer)
}

function problemOfFile(target: string, isType: boolean, { folder, row, allow, files }: Importer): string | null {
  const to = folderOf(target, allow)
  if (to === null) return `${target} belongs to no folder of ALLOW.`
  if (to === folder) return null

  const isIn = (entry: string): boolean => entry === '*' || folderOf(entry, allow) === to
  const values = (row.folders ?? []).filter(isIn)
  const types = (row.typesOf ?? []).filter(isIn)
  const covers = (entry: string): boolean => entry === '*' || entry === to || contains(entry, target)

  if (values.some(covers)) return isType ? null : problemOfLoading(target, row.neverLoads ?? [], files)
  if (types.some(covers) && isType) return null
  const allowed = [...values, ...types.map((entry) => `types of ${entry}`)]
  if (allowed.length === 0) return `${folder} may not import ${to}.`
  const hint = types.some(covers) ? ' Write `import type`: Node loads the file for `import { type X }`.' : ''
  return `Of ${to}, ${folder} may import only ${allowed.join(' and ')}.${hint}`
}

function problemOfPackage(name: string, isType: boolean, { path, folder, row }: Importer): string | null {
  const has = (entries: readonly string[] = []): boolean => entries.some((entry) => matches(entry, name))
  if (has(row.packages)) return null
  if (has(row.packageTypes)) {
    return isType ? null : `${folder} may import only types of ${name}. Write \`import type\`.`
  }
  if (has(row.packagesOf?.packages)) {
    const { files } = row.packagesOf!
    return files.some((entry) => contains(entry, path))
      ? null
      : `Of ${folder}, only ${files.join(', ')} may import ${name}.`
  }
  return `${folder} may not import ${name}.`
}

/** Follows only imports of values, since a type loads nothing. */
function problemOfLoading(
  target: string,
  neverLoads: readonly string[],
  files: ReadonlyMap<string, SourceFile>,
): string | null {
  const loadedBy = (path: string): Import[] => {
    const source = files.get(path)
    return source === undefined ? [] : importsOf(source).filter(({ isType }) => !isType)
  }
  for (const name of neverLoads) {
    const chain = shortestChain(
      target,
      (path) => loadedBy(path).flatMap(({ file }) => file ?? []),
      (path) => loadedBy(path).some((each) => each.package === name),
    )
    if (chain !== null) {
      return `It loads ${name} through ${chain.join(' → ')}. Write \`import type\` where a type is enough.`
    }
  }
  return null
}

function folderOf(path: string, allow: AllowTable): string | null {
  if (!path.includes('/') && !(path in allow)) return 'root' in allow ? 'root' : null
  const folders = Object.keys(allow).filter((folder) => contains(folder, path))
  return folders.toSorted((a, b) => b.length - a.length)[0] ?? null
}

const contains = (entry: string, path: string): boolean => path === entry || path.startsWith(`${entry}/`)

const matches = (entry: string, name: string): boolean =>
  entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : entry === name
