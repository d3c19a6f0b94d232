// The files in deploy/ fit the code: settings that exist, one version, the commands of the image.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { describeSettings } from '../../platform/config.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const MANIFESTS = globSync('deploy/kubernetes/*.yaml', { cwd: ROOT })
const { version } = packageJson
const withHyphens = version.replaceAll('.', '-')

/** Settings that onramp does not read itself: Temporal's own, and those of the other images. */
const OF_OTHERS =
  /^(?:TEMPORAL_(?:ADDRESS|NAMESPACE|API_KEY)|POSTGRES_\w+|DB|DB_PORT|SQL_PASSWORD|BIND_ON_IP|DYNAMIC_CONFIG_FILE_PATH)$/

/** Names of variables: the keys of maps, and `name:` in lists. */
function variables(text: string): string[] {
  return [...text.matchAll(/^\s+(?:- )?(?:\{ ?)?(?:name: )?([A-Z][A-Z0-9_]+)(?::|,|$)/gm)].map(([, name]) => name ?? '')
}

describe.each(['deploy/compose.yaml', ...MANIFESTS])('%s', (path) => {
  it('sets only settings that exist', () => {
    const known = describeSettings().map(({ name }) => name)
    expect(variables(read(path)).filter((name) => !known.includes(name) && !OF_OTHERS.test(name))).toEqual([])
  })

  it('names this version, and commands of the image', () => {
    const text = read(path)
    const images = [...text.matchAll(/image: (onramp:.*)$/gm)].map(([, image]) => image)
    expect(images.filter((image) => image !== `onramp:${version}`)).toEqual([])
    const commands = [...text.matchAll(/(?:args|command): \[([a-z]+)\]$/gm)].map(([, command]) => command ?? '')
    expect(commands.filter((command) => !(command in packageJson.scripts))).toEqual([])
  })
})

describe('the version', () => {
  it('is in the names of what runs beside the release before', () => {
    expect(read('deploy/kubernetes/worker.yaml')).toContain(`\n  name: onramp-worker-${withHyphens}\n`)
    expect(read('deploy/kubernetes/setup.yaml')).toContain(`\n  name: onramp-setup-${withHyphens}\n`)
    expect(read('deploy/kubernetes/kustomization.yaml')).toContain(`newTag: ${version}\n`)
    for (const path of MANIFESTS) {
      const versions = [...read(path).matchAll(/app\.kubernetes\.io\/version: (.*)$/gm)].map(([, each]) => each)
      expect(versions.filter((each) => each !== version)).toEqual([])
    }
  })

  it('is that of the image', () => {
    expect(read('deploy/Dockerfile')).toContain(`\nARG VERSION=${version}\n`)
  })
})

describe('the image', () => {
  it('gets from the build only what runs in production', () => {
    const [, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(allowed.every((line) => line.startsWith('!'))).toBe(true)
    const folders = new Set(allowed.map((line) => line.slice(1).split('/')[0]))
    expect([...folders].filter((folder) => ['test', 'dev', '.env', '.git', '.data'].includes(folder ?? ''))).toEqual([])
  })
})
