// The pictures of the README are those of `npm run pictures`.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { README } from '../../dev/docs/settings.ts'
import { FOLDER, MAX_BYTES, PICTURES } from '../../dev/pictures/pictures.ts'

describe('the pictures', () => {
  const files = readdirSync(FOLDER).toSorted()
  const shown = [...readFileSync(README, 'utf8').matchAll(/!\[([^\]]*)\]\(docs\/images\/([^)]+)\)/g)].map(
    ([, description, file]) => ({ description: description ?? '', file: file ?? '' }),
  )

  it('are those that `npm run pictures` takes, and the README shows each', () => {
    expect(files).toEqual(PICTURES.map(({ file }) => file).toSorted())
    expect(shown.map(({ file }) => file).toSorted()).toEqual(files)
  })

  it.each(files)('include %s, small enough to load at once', (file) => {
    expect(statSync(join(FOLDER, file)).size).toBeLessThanOrEqual(MAX_BYTES)
  })

  it('are described for readers who do not see them', () => {
    expect(shown.filter(({ description }) => description.split(' ').length < 10)).toEqual([])
  })

  it('include the console on the first screen of the README', () => {
    expect(readFileSync(README, 'utf8').slice(0, 1000)).toContain('docs/images/console-overview.webp')
  })
})
