// The frame of every page, and the one way in which a value gets into HTML.

export interface Page {
  status: number
  html: string
}

export function escaped(value: string | undefined): string {
  const replacements: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return (value ?? '').replace(/[&<>"']/g, (character) => replacements[character] ?? character)
}

/** @param body HTML, its values escaped; `reloadSeconds` makes the page look again by itself */
export function layout(page: {
  title: string
  here: 'records' | 'journal' | null
  body: string
  reloadSeconds?: number
}): string {
  const link = (name: 'records' | 'journal', href: string, text: string) =>
    `<a href="${href}"${page.here === name ? ' aria-current="page"' : ''}>${text}</a>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${page.reloadSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${page.reloadSeconds}">`}
<title>${escaped(page.title)} · HubSpot emulator</title>
<style>${STYLE}</style>
</head>
<body>
<header><strong>HubSpot emulator</strong><nav>${link('records', '/', 'Records')}${link('journal', '/journal', 'Requests')}</nav></header>
<main>${page.body}</main>
</body>
</html>
`
}

const STYLE = `
:root { color-scheme: light; --ink: #1f2d3d; --soft: #5c6f82; --line: #dfe3eb; --paper: #f5f8fa; --accent: #b8431f; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); background: var(--paper); }
header { display: flex; gap: 2rem; align-items: center; padding: .75rem 2rem; background: #2e3f50; color: #fff; }
nav { display: flex; gap: 1.25rem; }
nav a { color: #cbd6e2; text-decoration: none; padding: .15rem 0; border-bottom: 2px solid transparent; }
nav a[aria-current] { color: #fff; border-color: #ff8f73; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 2rem 4rem; }
h1 { font-size: 1.5rem; margin: .5rem 0 1rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
a { color: #0069a8; }
table { width: 100%; border-collapse: collapse; background: #fff; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; font-size: .8rem; color: var(--soft); background: #fafbfc; }
tr:last-child td { border-bottom: 0; }
th, td:not(:has(code)) { overflow-wrap: normal; }
.time { white-space: nowrap; }
.soft, .empty { color: var(--soft); } .empty { padding: 1.25rem; background: #fff; border: 1px dashed var(--line); border-radius: 4px; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 4px; padding: 1rem 1.25rem; margin-bottom: 1rem; }
.columns { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); align-items: start; }
.badge { display: inline-block; font-size: .75rem; padding: 0 .5rem; border-radius: 999px; background: #e5f5f8; color: #00606e; }
.refused { color: var(--accent); } code { font-size: .85em; } form { display: flex; gap: .5rem; margin: 0 0 1rem; flex-wrap: wrap; }
input, select, button { font: inherit; padding: .35rem .6rem; border: 1px solid #b6c7d6; border-radius: 3px; background: #fff; color: inherit; }
button { background: #2e3f50; color: #fff; border-color: #2e3f50; cursor: pointer; }
pre { margin: .25rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
@media (max-width: 48rem) { main { padding: 1rem; } .columns { grid-template-columns: minmax(0, 1fr); } header { padding: .75rem 1rem; } }
`
