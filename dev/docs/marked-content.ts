// Replaces the generated content of a page, which stands between two markers.

/** Returns the page with `content` between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function withContent(page: string, name: string, content: string): string {
  const markers = new RegExp(`(<!-- ${name}:begin -->\\n)[^]*?(<!-- ${name}:end -->)`)
  return page.replace(markers, (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`)
}

/** A table in Markdown. */
export function tableOf(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
