// The bill of materials of what production installs, in the format CycloneDX, from the lock file.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Component {
  'bom-ref': string
  name: string
  /** The `@scope` of the package. */
  group?: string
  version: string
  properties?: { name: string; value: string }[]
}
export interface Bill {
  metadata: { component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

/** `npm sbom --omit=dev` would also omit production dependencies that are, besides, development dependencies of the emulator. */
export function billOfMaterials(): Bill {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
  const bill = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 })) as Bill
  const components = bill.components.filter((component) => !isForDevelopment(component))
  const refs = new Set([bill.metadata.component, ...components].map((component) => component['bom-ref']))
  const dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }))
  return { ...bill, components, dependencies }
}

function isForDevelopment({ name, properties = [] }: Component): boolean {
  return name === 'hubspot-emulator' || properties.some((property) => property.name === 'cdx:npm:package:development')
}
