// Parses a source file and lists its imports, types included.

import { posix } from 'node:path'
import { parseSync, Visitor, type Argument, type Expression } from 'oxc-parser'

export interface SourceFile {
  /** Relative to the root, with `/`. */
  path: string
  /** Empty for a file that holds no code. */
  code: string
}

export interface Import {
  line: number
  /** The text between the quotes; null when it is computed at run time. */
  specifier: string | null
  /** The file that a relative import points to, even if it does not exist. */
  file: string | null
  /** The npm package, or Node's module with its `node:`. */
  package: string | null
  /** False for `import { type X }`: Node erases the names and still loads the file. */
  isType: boolean
}

const PACKAGE = /^(node:.+|(@[\w.-]+\/)?[\w-][\w.-]*(?=\/|$))/
const REFERENCE = /^\/\s*<reference\s+(path|types|lib)=["'](.*?)["']/
const cache = new WeakMap<SourceFile, Import[]>()

export const holdsCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path)

/** @throws when the file does not parse */
export function importsOf(file: SourceFile): Import[] {
  const imports = cache.get(file) ?? (holdsCode(file.path) ? parse(file) : [])
  cache.set(file, imports)
  return imports
}

function parse({ path, code }: SourceFile): Import[] {
  const { program, comments, errors } = parseSync(path, code)
  if (errors[0] !== undefined) throw new Error(`${path} does not parse: ${errors[0].message}`)

  const imports: Import[] = []
  const add = (start: number, specifier: string | null, isType: boolean): void => {
    const isRelative = specifier?.startsWith('.') ?? false
    imports.push({
      line: code.slice(0, start).split('\n').length,
      specifier,
      file: isRelative ? posix.join(posix.dirname(path), specifier!) : null,
      package: isRelative ? null : (PACKAGE.exec(specifier ?? '')?.[0] ?? null),
      isType,
    })
  }

  new Visitor({
    ImportDeclaration({ start, source, importKind }) {
      add(start, source.value, importKind === 'type')
    },
    ExportAllDeclaration({ start, source, exportKind }) {
      add(start, source.value, exportKind === 'type')
    },
    ExportNamedDeclaration({ start, source, exportKind }) {
      if (source !== null) add(start, source.value, exportKind === 'type')
    },
    ImportExpression({ start, source }) {
      add(start, textOf(source), false)
    },
    TSImportType({ start, source }) {
      add(start, source.value, true)
    },
    TSExternalModuleReference({ start, expression }) {
      add(start, expression.value, false)
    },
    CallExpression({ start, callee, arguments: [path] }) {
      if (path !== undefined && loadsModule(callee)) add(start, textOf(path), false)
    },
  }).visit(program)

  // `/// <reference types="node" />` adds Node's globals to a file even if its tsconfig.json excludes them.
  for (const { start, value } of comments) {
    const [, kind, name] = REFERENCE.exec(value) ?? []
    if (name !== undefined) add(start, kind === 'path' && !name.startsWith('.') ? `./${name}` : name, true)
  }
  return imports
}

function textOf(node: Argument | Expression): string | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null
  return null
}

/** `import.meta.resolve`, `require` and `createRequire(…)`. */
function loadsModule(callee: Expression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'require'
  if (callee.type === 'CallExpression') {
    return callee.callee.type === 'Identifier' && callee.callee.name === 'createRequire'
  }
  return (
    callee.type === 'MemberExpression' &&
    callee.object.type === 'MetaProperty' &&
    callee.property.type === 'Identifier' &&
    callee.property.name === 'resolve'
  )
}
