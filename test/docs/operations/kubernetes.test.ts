// docs/operations/kubernetes.md and the README: their commands name what deploy/kubernetes has, in an order that strands nobody. No test has
// a cluster, so a program that only writes down its arguments stands for kubectl.

import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseYaml } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { pageText } from '../../support/page-commands.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const NEW = packageJson.version
const OLD = '0.0.9'

const KUBECTL = `#!/bin/sh
for argument; do printf '%s\\t' "$argument"; done >> "$CALLS"
echo >> "$CALLS"
`

type Call = string[]

/** What the text's blocks of commands call kubectl with, in their order. */
function callsIn(text: string): Call[] {
  const folder = mkdtempSync(join(tmpdir(), 'onramp-test-kubectl-'))
  const calls = join(folder, 'calls')
  writeFileSync(join(folder, 'kubectl'), KUBECTL, { mode: 0o755 })
  writeFileSync(calls, '')
  const blocks = [...text.matchAll(/^( *)```sh\n(.*?)^\1```/gms)].map(([, , block = '']) => block)
  try {
    for (const block of blocks.filter((commands) => commands.includes('kubectl'))) {
      const env = {
        ...process.env,
        PATH: `${folder}${delimiter}${process.env['PATH']}`,
        CALLS: calls,
        NEW,
        OLD,
        OLD_BUILD: 'old',
      }
      execFileSync('bash', ['-euo', 'pipefail', '-c', block], { env })
    }
    const lines = readFileSync(calls, 'utf8').split('\n').filter(Boolean)
    // The two sides of a pipe write in any order, and the second one reads standard input.
    return lines.map((line) => line.split('\t').slice(0, -1)).filter((call) => !call.includes('-'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Manifest {
  kind: string
  metadata?: { name: string; labels?: Record<string, string> }
}

const files = globSync('deploy/kubernetes/*.yaml', { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'))
const manifests = files.flatMap((text) => text.split(/^---$/m)).map((text) => parseYaml(text) as Manifest)
const { namespace } = manifests.find(({ kind }) => kind === 'Kustomization') as unknown as { namespace: string }

function after(call: Call, option: string): string | undefined {
  return call.includes(option) ? call[call.indexOf(option) + 1] : undefined
}

function selectedBy(selector: string): string[] {
  const terms = selector.split(',').map((term) => /^(.+?)(!?=)(.+)$/.exec(term)!.slice(1) as [string, string, string])
  return manifests
    .filter(({ metadata }) =>
      terms.every(([key, sign, value]) => (metadata?.labels?.[key] === value) === (sign === '=')),
    )
    .flatMap(({ kind, metadata }) => (metadata ? [`${kind}/${metadata.name}`] : []))
}

const objects = new Set(manifests.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata?.name}`))

/** The objects that a call names, as `job/NAME` or `job NAME`. */
function namedIn(call: Call): string[] {
  const kinds = /^(?:deployment|job|service)$/
  const apart = call.flatMap((each, index) => {
    const next = call[index + 1] ?? '-'
    return kinds.test(each) && !next.startsWith('-') ? [`${each}/${next}`] : []
  })
  return [...call.filter((each) => kinds.test(each.split('/')[0] ?? '') && each.includes('/')), ...apart]
}

const page = pageText('operations/kubernetes.md')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

describe.each([
  ['docs/operations/kubernetes.md', callsIn(page)],
  ['README.md', callsIn(readme)],
])('the commands of %s', (_, calls) => {
  it('apply the manifests, and stay in their namespace', () => {
    expect(calls.length).toBeGreaterThan(2)
    const others = calls.filter((call) => call.join(' ') !== `create namespace ${namespace}`)
    const isRight = (call: Call) =>
      call[0] === 'apply'
        ? after(call, '--kustomize') === 'deploy/kubernetes'
        : after(call, '--namespace') === namespace
    expect(others.filter((call) => !isRight(call))).toEqual([])
  })

  it('name objects, labels, the Secret and commands that the manifests and the image have', () => {
    const missing = calls.flatMap((call) => {
      const selector = after(call, '--selector')
      const secret = after(call, 'generic')
      const command = after(call, '/app/deploy/command.sh')
      return [
        ...(selector === undefined || selector.includes(OLD) || selectedBy(selector).length > 0 ? [] : [selector]),
        ...namedIn(call).filter((name) => !objects.has(name)),
        ...(secret === undefined || files.join('').includes(`name: ${secret},`) ? [] : [secret]),
        ...(command === undefined || command in packageJson.scripts ? [] : [command]),
      ]
    })
    expect(missing).toEqual([])
  })
})

describe('the steps to a new release', () => {
  const [, section = ''] = /^## A new release\n(.*?)^## /ms.exec(page) ?? []
  const steps = section.slice(0, section.indexOf('**Argo CD'))
  const calls = callsIn(steps).map((call) => call.join(' '))

  it('leave the API as it is while they start the new workers', () => {
    const selector = after(callsIn(steps)[0] ?? [], '--selector') ?? ''
    const applied = selectedBy(selector)
    const release = NEW.replaceAll('.', '-')
    expect(applied).toEqual(
      expect.arrayContaining([
        `Job/onramp-setup-${release}`,
        `Deployment/onramp-worker-${release}`,
        'ConfigMap/onramp',
      ]),
    )
    expect(applied).not.toContain('Deployment/onramp-api')
  })

  it('start the promotion when the new workers run, and delete the old ones in the end', () => {
    const at = (start: RegExp) => calls.findIndex((call) => start.test(call))
    const order = [
      at(/rollout status .*component=worker/),
      at(/patch job onramp-promote-.* \{"spec":\{"suspend":false\}\}$/),
      at(/wait --for=condition=complete .*onramp-promote-/),
      at(/^apply --kustomize deploy\/kubernetes --selector app\.kubernetes\.io\/component!=promote$/),
      calls.length - 1,
    ]
    expect(order).not.toContain(-1)
    expect(order).toEqual(order.toSorted((one, other) => one - other))
    expect(calls.at(-1)).toBe(`--namespace onramp delete deployment,job --selector app.kubernetes.io/version=${OLD}`)
  })

  it('delete what has the release in its name, and nothing else', () => {
    const kinds = ['Deployment', 'Job']
    const deleted = selectedBy(`app.kubernetes.io/version=${NEW}`)
    expect(deleted.every((each) => kinds.some((kind) => each.startsWith(`${kind}/`)))).toBe(true)
    expect(deleted.every((each) => each.endsWith(NEW.replaceAll('.', '-')))).toBe(true)
    expect(deleted).toHaveLength(3)
  })
})

describe('a promotion that runs', () => {
  const job = `onramp-promote-${NEW.replaceAll('.', '-')}`

  it.each(['A new release', 'A changed setting or secret'])('is not suspended by the commands of "%s"', (title) => {
    const [, section = ''] = new RegExp(`^## ${title}\n(.*?)^## `, 'ms').exec(page) ?? []
    const [steps = ''] = section.split('**Back to the old release**')
    const calls = callsIn(steps)
    const started = calls.findIndex((call) => call[0] !== 'apply' && call.includes('patch'))
    const applied = calls.slice(started + 1).filter(([command]) => command === 'apply')
    expect(applied).toHaveLength(1)
    expect(selectedBy(after(applied[0]!, '--selector') ?? '')).not.toContain(`Job/${job}`)
  })

  it('is ended before the old release is promoted again, with its pods', () => {
    const [, way = ''] = /^(\*\*Back to the old release\*\*.*?)^## /ms.exec(page) ?? []
    const [first = [], second = []] = callsIn(way)
    expect(first).toEqual(expect.arrayContaining(['delete', 'job', job, '--cascade=foreground']))
    expect(second.join(' ')).toContain('promote --build-id old')
  })
})
