// Content of a page that is made from the code, between two marks.

/** The page with this content between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function withContent(page: string, name: string, content: string): string {
  const marks = new RegExp(`(<!-- ${name}:begin -->\\n)[^]*?(<!-- ${name}:end -->)`)
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`)
}

/** A table in Markdown. */
export function tableOf(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
