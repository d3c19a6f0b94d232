// The files in deploy/ fit the code: settings that exist, one version, the commands of the image.

import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseYaml } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { describeSettings, loadConfig } from '../../platform/config.ts'
import { unknownVariables } from '../../platform/unknown-variables.ts'
import { importsOf } from '../support/imports.ts'
import { PAYLOAD_KEYS } from '../support/payload-keys.ts'
import { repositoryFiles } from '../support/repository-files.ts'
import { OPERATOR_TOKEN, WEBHOOK_SECRET } from '../support/sender.ts'

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

/** What each process of onramp does not start without. */
const REQUIRED = {
  api: ['WEBHOOK_SECRETS', 'PAYLOAD_KEYS'],
  worker: [['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL'], 'PAYLOAD_KEYS'],
  setup: [['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL']],
  promote: ['PAYLOAD_KEYS'],
  emulator: [],
} satisfies { [command: string]: Parameters<typeof loadConfig>[1] }

/** What the operator puts into deploy/.env or into the Secret. */
const OF_OPERATOR: Record<string, string> = {
  WEBHOOK_SECRETS: WEBHOOK_SECRET,
  OPERATOR_TOKENS: OPERATOR_TOKEN,
  PAYLOAD_KEYS,
  HUBSPOT_ACCESS_TOKEN: 'a-token-of-a-portal',
}

interface Process {
  command: string
  env: Record<string, string>
}

interface Container {
  image: string
  args: [string]
  envFrom: { configMapRef: { name: string } }[]
  env: { name: string; value?: string }[]
}

interface Manifest {
  kind: string
  metadata: { name: string; annotations?: Record<string, string> }
  data?: Record<string, string>
  spec: {
    suspend?: boolean
    template?: { spec: { containers: Container[]; restartPolicy?: string } }
    unhealthyPodEvictionPolicy?: string
  }
}

const manifests = MANIFESTS.flatMap((path) => read(path).split(/^---$/m)).map((text) => parseYaml(text) as Manifest)

/** The processes of onramp in Kubernetes, each with its settings. */
function podsOf(all: Manifest[]): Process[] {
  const configMaps = new Map(
    all.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata, data }) => [metadata.name, data]),
  )
  const containers = all.flatMap(({ spec }) => spec?.template?.spec.containers ?? [])
  return containers.map(({ args: [command], envFrom, env }) => ({
    command,
    env: Object.assign(
      {},
      ...envFrom.map(({ configMapRef: { name } }) => configMaps.get(name)),
      Object.fromEntries(env.map(({ name, value }) => [name, value ?? OF_OPERATOR[name] ?? ''])),
    ) as Record<string, string>,
  }))
}

/** The processes of onramp in the compose file, each with its settings. */
function servicesOf(path: string): Process[] {
  const { services } = parseYaml(read(path)) as {
    services: Record<string, { image: string; command: [string]; environment: Record<string, string> }>
  }
  const value = (text: string) =>
    text.replaceAll(/\$\{(\w+):[-?]([^}]*)\}/g, (_, name: string) => OF_OPERATOR[name] ?? '')
  return Object.values(services)
    .filter(({ image }) => image.startsWith('onramp:'))
    .map(({ command: [command], environment }) => ({
      command,
      env: Object.fromEntries(Object.entries(environment).map(([name, text]) => [name, value(text)])),
    }))
}

describe.each([
  ['Kubernetes', podsOf(manifests), ['api', 'promote', 'setup', 'worker']],
  ['compose', servicesOf('deploy/compose.yaml'), ['api', 'emulator', 'setup', 'worker']],
])('the processes in %s', (_, processes, commands) => {
  it('start with the settings that they get', () => {
    expect(processes.map(({ command }) => command).toSorted()).toEqual(commands)
    const known = describeSettings().map(({ name }) => name)
    for (const { command, env } of processes) {
      expect(() => loadConfig(env, REQUIRED[command as keyof typeof REQUIRED])).not.toThrow()
      expect(unknownVariables(env, known)).toEqual([])
    }
  })
})

describe('Kubernetes', () => {
  it('reaches the metrics and the health checks of each pod that has them', () => {
    const hosts = podsOf(manifests).map(({ env }) => loadConfig(env).metricsHost)
    expect(new Set(hosts)).toEqual(new Set(['0.0.0.0']))
  })

  it('may drain a node whose pods are not ready, as while Temporal or HubSpot is unavailable', () => {
    const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget')
    expect(budgets.map(({ spec }) => spec.unhealthyPodEvictionPolicy)).toEqual(['AlwaysAllow', 'AlwaysAllow'])
  })

  it('keeps the log of each attempt of the setup and of the promotion', () => {
    const jobs = manifests.filter(({ kind }) => kind === 'Job')
    expect(jobs.map(({ spec }) => spec.template?.spec.restartPolicy)).toEqual(['Never', 'Never'])
  })

  it('makes a version current when an operator says so, and not with the first apply', () => {
    const jobs = manifests.filter(({ kind, spec }) => kind === 'Job' && spec.suspend === true)
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual([`onramp-promote-${withHyphens}`])
  })

  it('does not suspend a promotion again that an operator has started', () => {
    const [promotion] = manifests.filter(
      ({ kind, metadata }) => kind === 'Job' && metadata.name === `onramp-promote-${withHyphens}`,
    )
    expect(promotion?.metadata.annotations).toEqual({ 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' })
  })

  it('leaves the workers of the release before, whose customers have not moved yet, where a tool prunes', () => {
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment')
    const annotations = new Map(deployments.map(({ metadata }) => [metadata.name, metadata.annotations]))
    expect(annotations.get(`onramp-worker-${withHyphens}`)).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    })
  })

  it('applies every manifest', () => {
    const { resources } = parseYaml(read('deploy/kubernetes/kustomization.yaml')) as { resources: string[] }
    const files = MANIFESTS.map((path) => posix.basename(path)).filter((name) => name !== 'kustomization.yaml')
    expect(resources.toSorted()).toEqual(files.toSorted())
  })
})

describe('the file of secrets for compose', () => {
  it('is for its owner alone, and has what compose asks for, by the command of the README', () => {
    const [, command = ''] = /^```sh\n([^\n]*cat > deploy\/\.env.*?^END\n)/ms.exec(read('README.md')) ?? []
    const folder = mkdtempSync(join(tmpdir(), 'onramp-test-compose-'))
    try {
      mkdirSync(join(folder, 'deploy'))
      execFileSync('bash', ['-euc', `umask 022\n${command}`], { cwd: folder })
      const file = join(folder, 'deploy/.env')
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
      const names = [...readFileSync(file, 'utf8').matchAll(/^(\w+)=./gm)].map(([, name]) => name)
      const required = [...read('deploy/compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name)
      expect(required.length).toBeGreaterThan(0)
      expect(names).toEqual(expect.arrayContaining(required))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the workers in compose', () => {
  it('make their own version current, so that a rebuilt image goes on with the customers of the one before', () => {
    const workers = servicesOf('deploy/compose.yaml').filter(({ command }) => command === 'worker')
    expect(workers.map(({ env }) => loadConfig(env).temporalVersioning)).toEqual(['auto-upgrade'])
  })
})

describe('the version', () => {
  it('is in the names of what runs beside the release before', () => {
    expect(read('deploy/kubernetes/worker.yaml')).toContain(`\n  name: onramp-worker-${withHyphens}\n`)
    expect(read('deploy/kubernetes/setup.yaml')).toContain(`\n  name: onramp-setup-${withHyphens}\n`)
    expect(read('deploy/kubernetes/promote.yaml')).toContain(`\n  name: onramp-promote-${withHyphens}\n`)
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
  const [, ...allowed] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

  it('has every file that its commands load', () => {
    const [, list = ''] = /Name a command: (.*)\./.exec(read('deploy/command.sh')) ?? []
    const commands = list.split(/, | or /)
    const entries = commands.flatMap((name) => {
      const script = packageJson.scripts[name as keyof typeof packageJson.scripts]
      return [...script.matchAll(/[\w./-]+\.(?:ts|mjs)/g)].map(([path]) => posix.normalize(path))
    })
    expect(entries).toContain('move/main.ts')

    const files = new Map(repositoryFiles().map((file) => [file.path, file]))
    const loaded = new Set(entries)
    for (const path of loaded) {
      const imports = importsOf(files.get(path) ?? { path, code: '' })
      for (const { file, isType } of imports) if (file !== null && !isType) loaded.add(file)
    }
    const isInImage = (path: string) => allowed.some((line) => `${path}/`.startsWith(`${line.slice(1)}/`))
    expect([...loaded].filter((path) => !isInImage(path))).toEqual([])
  })

  it('gets from the build only what runs in production', () => {
    expect(allowed.every((line) => line.startsWith('!'))).toBe(true)
    const folders = new Set(allowed.map((line) => line.slice(1).split('/')[0]))
    expect([...folders].filter((folder) => ['test', 'dev', '.env', '.git', '.data'].includes(folder ?? ''))).toEqual([])
  })
})
