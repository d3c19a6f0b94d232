// The settings' schema as `.env.example` and as the README's table; a test compares them with the files.

import { describeSettings } from '../../platform/config.ts'

export const ENV_EXAMPLE = new URL('../../.env.example', import.meta.url)
export const README = new URL('../../README.md', import.meta.url)

/** The text of `.env.example`. */
export function envExample(): string {
  const head = [
    'Every setting of onramp. Copied to .env as it is, this file changes nothing: an empty variable counts as unset.',
    'TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_… and TEMPORAL_PROFILE are read as by',
    'Temporal’s own CLI; with TEMPORAL_ADDRESS set, `npm start` brings no Temporal server.',
  ]
  const settings = describeSettings().map(({ name, fallback, meaning }) => `# ${meaning}\n${name}=${fallback}\n`)
  return [head.map((line) => `# ${line}\n`).join(''), ...settings].join('\n')
}

/** The README with the current table of settings between its two marks. */
export function withSettingsTable(readme: string): string {
  const rows = describeSettings().map(({ name, fallback, meaning }) => {
    return `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${meaning} |`
  })
  const table = ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
  return readme.replace(
    /(<!-- settings:begin -->\n)[^]*?(<!-- settings:end -->)/,
    (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`,
  )
}
