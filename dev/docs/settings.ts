// `.env.example` and the README's table of settings, from the schema of the settings.

import { describeSettings } from '../../platform/config.ts'
import { tableOf, withContent } from './marked-content.ts'

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

/** The README with its table of settings up to date. */
export function withSettingsTable(readme: string): string {
  const rows = describeSettings().map(({ name, fallback, meaning }) => [
    `\`${name}\``,
    fallback === '' ? '' : `\`${fallback}\``,
    meaning,
  ])
  return withContent(readme, 'settings', tableOf(['variable', 'default', 'meaning'], rows))
}
