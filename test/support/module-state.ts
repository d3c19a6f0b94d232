// Finds what a module could keep from one workflow for the next: workflows of a worker share the modules of their code.

import { parseSync } from 'oxc-parser'
import type { Expression, Statement, VariableDeclaration } from 'oxc-parser'
import type { SourceFile } from './imports.ts'

// The SDK's failure converter has only its options.
const KEEPS_NOTHING = /^(Readonly(Set|Map)\b|FailureConverter$)/

/** One sentence for each declaration at the top of a file that can change: a variable, a collection, a search with a position. */
export function moduleState({ path, code }: SourceFile): string[] {
  const { program } = parseSync(path, code)
  return program.body.flatMap((statement) => {
    const declared = declarationIn(statement)
    if (declared === null) return []
    const text = code.slice(declared.start, declared.end).split('\n')[0]
    return canChange(declared, code) ? [`${path}: ${text}`] : []
  })
}

function declarationIn(statement: Statement): VariableDeclaration | null {
  const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  return declared?.type === 'VariableDeclaration' ? declared : null
}

function canChange({ kind, declarations }: VariableDeclaration, code: string): boolean {
  if (kind !== 'const') return true
  return declarations.some(({ id, init }) => {
    const type = 'typeAnnotation' in id ? id.typeAnnotation?.typeAnnotation : null
    const isReadonly = type !== null && type !== undefined && KEEPS_NOTHING.test(code.slice(type.start, type.end))
    return init !== null && !isReadonly && isChangeable(init)
  })
}

function isChangeable(init: Expression): boolean {
  if (init.type === 'NewExpression') return true
  // A regular expression with one of these flags remembers its position.
  return init.type === 'Literal' && 'regex' in init && /[gy]/.test(init.regex.flags)
}
