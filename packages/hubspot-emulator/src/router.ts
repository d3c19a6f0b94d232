// Finds the handler of a path in a tree of segments. A fixed segment wins over a placeholder.

export interface Match<T> {
  value: T
  params: Record<string, string>
}

interface Node<T> {
  fixed: Map<string, Node<T>>
  placeholder: { name: string; node: Node<T> } | null
  byMethod: Map<string, T>
}

const newNode = <T>(): Node<T> => ({ fixed: new Map(), placeholder: null, byMethod: new Map() })

export class Router<T> {
  readonly #root = newNode<T>()

  /** A segment in braces, such as `{id}`, matches any text. */
  add(method: string, path: string, value: T): void {
    let node = this.#root
    for (const segment of path.split('/').slice(1)) node = child(node, segment)
    node.byMethod.set(method, value)
  }

  /** Returns `'method'` when the path exists, but not for this method. */
  find(method: string, path: string): Match<T> | 'method' | null {
    const segments = path.split('/').slice(1)
    // HubSpot accepts one trailing slash [C].
    if (segments.length > 1 && segments.at(-1) === '') segments.pop()
    let sawPath = false
    const walk = (node: Node<T>, at: number, params: Record<string, string>): Match<T> | null => {
      const segment = segments[at]
      if (segment === undefined) {
        const value = node.byMethod.get(method)
        sawPath ||= node.byMethod.size > 0
        return value === undefined ? null : { value, params }
      }
      const fixed = node.fixed.get(segment)
      const found = fixed === undefined ? null : walk(fixed, at + 1, params)
      if (found !== null || node.placeholder === null) return found
      const { name, node: next } = node.placeholder
      return walk(next, at + 1, { ...params, [name]: decoded(segment) })
    }
    return walk(this.#root, 0, {}) ?? (sawPath ? 'method' : null)
  }
}

function child<T>(node: Node<T>, segment: string): Node<T> {
  if (segment.startsWith('{')) {
    node.placeholder ??= { name: segment.slice(1, -1), node: newNode() }
    return node.placeholder.node
  }
  const next = node.fixed.get(segment) ?? newNode<T>()
  node.fixed.set(segment, next)
  return next
}

/** Decodes a segment. A segment with an invalid escape stays unchanged. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
