// `npm pack` runs this before and after: the packed package holds JavaScript, since Node runs no TypeScript below node_modules.

import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const place = (name: string) => join(import.meta.dirname, name)
const PACKAGE_JSON = place('package.json')
// That of the sources, while that of the packed package is in its place.
const KEPT = place('package.json.kept')

if (process.argv[2] === 'before') before()
else after()

function before(): void {
  // An earlier `npm pack` may have been interrupted.
  if (existsSync(KEPT)) after()
  rmSync(place('dist'), { recursive: true, force: true })
  execFileSync('tsc', ['-p', place('tsconfig.pack.json')], { stdio: 'inherit' })
  // The style and the script of the pages.
  cpSync(place('src'), place('dist'), { recursive: true, filter: (path) => !path.endsWith('.ts') })
  chmodSync(place('dist/main.js'), 0o755)
  const ofSources = JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')) as PackageJson
  renameSync(PACKAGE_JSON, KEPT)
  writeFileSync(PACKAGE_JSON, `${JSON.stringify(packed(ofSources), null, 2)}\n`)
}

function after(): void {
  renameSync(KEPT, PACKAGE_JSON)
  rmSync(place('dist'), { recursive: true, force: true })
}

interface PackageJson {
  [field: string]: unknown
  scripts: Record<string, string>
  exports: Record<string, string>
}

/** The package.json of the packed package: compiled files in place of sources, and nothing that only its development needs. */
function packed({ scripts, exports, ...others }: PackageJson): object {
  return {
    ...others,
    private: undefined,
    devDependencies: undefined,
    bin: { 'hubspot-emulator': './dist/main.js' },
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, source]) => [
        name,
        { types: compiled(source, '.d.ts'), default: compiled(source, '.js') },
      ]),
    ),
    // npm calls it when it has packed.
    scripts: { postpack: scripts['postpack'] },
  }
}

function compiled(path: string, extension: string): string {
  return path.replace('/src/', '/dist/').replace(/\.ts$/, extension)
}
