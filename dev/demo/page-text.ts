// Converts a page of the emulator to lines of text for a terminal.

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }

/**
 * The text of `<main>`, one line for each row, heading, paragraph or item. The text has no collapsed or hidden content. It
 * also has no technical names, which the page marks as code.
 */
export function textOf(html: string): string[] {
  const main = /<main[^>]*>(.*)<\/main>/s.exec(html)?.[1] ?? html
  return main
    .replaceAll(/<details[^>]*>.*?<\/details>/gs, '')
    .replaceAll(/<(\w+)[^>]* aria-hidden="true"[^>]*>.*?<\/\1>/gs, '')
    .replaceAll(/(<br ?\/?>\s*)?<code[^>]*>.*?<\/code>/gs, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/<\/(td|dt)>\s*<(td|dd)[^>]*>/g, ': ')
    .replaceAll(/<br ?\/?>/g, ' · ')
    .replaceAll(/<\/(tr|h\d|p|div|section|li|dd)>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' ').trim())
    .filter((line) => line !== '')
}
