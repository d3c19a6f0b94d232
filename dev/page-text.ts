// A page of the emulator as lines of text, for a terminal.

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }

/** What stands in `<main>`, without what is folded away; one line for each row, heading or paragraph. */
export function textOf(html: string): string[] {
  const main = /<main>(.*)<\/main>/s.exec(html)?.[1] ?? html
  return main
    .replaceAll(/<details>.*?<\/details>/gs, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/<br>\s*<code[^>]*>(.*?)<\/code>/g, ' ($1)')
    .replaceAll(/<\/td>\s*<td[^>]*>/g, ': ')
    .replaceAll(/<br>/g, ', ')
    .replaceAll(/<\/(tr|h\d|p|div|section)>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
