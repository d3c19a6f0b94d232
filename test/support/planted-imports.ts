// Plants wrong imports: one for each pair of folders, and each folder and package, that the table does not allow.

import { posix } from 'node:path'
import type { AllowedImports, AllowTable } from './allowed-imports.ts'
import type { SourceFile } from './imports.ts'

export interface Plant extends SourceFile {
  folder: string
  /** A part of the violation's text. */
  says: string
}

/** The files with the wrong imports, and the files that they import. */
export function plantsOf(allow: AllowTable, packages: readonly string[]): { plants: Plant[]; targets: SourceFile[] } {
  const plants: Plant[] = []
  const targets = new Map<string, SourceFile>()

  const plant = (folder: string, says: string, codeAt: (path: string) => string): void => {
    const path = pathIn(folder, `planted-${plants.length}.ts`)
    plants.push({ folder, path, code: codeAt(path), says })
  }
  const plantFile = (form: 'import' | 'import type', folder: string, to: string, says: string): void => {
    const target = pathIn(to, 'planted-target.ts')
    targets.set(target, { path: target, code: 'export interface X {}' })
    plant(folder, says, (path) => `${form} { X } from '${relative(path, target)}'`)
  }

  for (const [folder, row] of Object.entries(allow)) {
    for (const to of Object.keys(allow)) {
      if (to === folder || has(row.folders, to)) continue
      const says = hasPart(row, to) ? `${folder} may import only` : `${folder} may not import ${to}.`
      plantFile('import', folder, to, says)
      if (!has(row.typesOf, to)) plantFile('import type', folder, to, says)
    }
    for (const part of row.typesOf ?? []) plantFile('import', folder, part, `${folder} may import only`)
    for (const name of packages) {
      if (!has(row.packages, name)) plant(folder, saysOfPackage(folder, row, name), () => `import '${name}'`)
    }
  }
  return { plants, targets: [...targets.values()] }
}

function saysOfPackage(folder: string, row: AllowedImports, name: string): string {
  if (has(row.packageTypes, name)) return `${folder} may import only types of ${name}.`
  if (has(row.packagesOf?.packages, name)) return `Of ${folder}, only `
  return `${folder} may not import ${name}.`
}

/** True when a part of the folder is allowed, such as one of its files, or only its types. */
const hasPart = ({ folders = [], typesOf = [] }: AllowedImports, to: string): boolean =>
  [...folders, ...typesOf].some((entry) => `${entry}/`.startsWith(`${to}/`))

const has = (entries: readonly string[] = [], name: string): boolean =>
  ['*', name, name.replace(/^(node:|@[\w-]+\/).*/, '$1*')].some((form) => entries.includes(form))

const pathIn = (folder: string, name: string): string => (folder === 'root' ? name : `${folder}/${name}`)

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}
