// Values that stand nowhere else, so that a leak of customers' data is found by searching for them, in any usual encoding.

/** Every field of a customer, with a canary in it. */
export const CANARIES = {
  email: 'canary-mail@example.com',
  firstName: 'CanaryFirst',
  lastName: 'CanaryLast',
  phone: '+1 555 CANARY',
  website: 'https://canary-site.example',
  address: {
    street: 'Canary Street 1',
    city: 'Canary City',
    state: 'CanaryState',
    postalCode: 'CANARY-ZIP',
    country: 'Canaria',
  },
  company: {
    name: 'CanaryCorp',
    domain: 'canary-corp.example',
    website: 'https://canary-corp.example',
    phone: '+1 555 CORP CANARY',
  },
}

/** All texts in a value, such as those of `CANARIES`. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** The words that a text has, as they are or encoded: in JSON, in a URL, in base64, in hexadecimal or as a list of bytes. */
export function leaksIn(text: string, words: string[] = textsIn(CANARIES)): string[] {
  return words.filter((word) => formsOf(word).some((form) => text.includes(form)))
}

function formsOf(word: string): string[] {
  const bytes = Buffer.from(word)
  const encoded = [word, JSON.stringify(word).slice(1, -1), encodeURIComponent(word), bytes.toString('hex')]
  return [...encoded, bytes.join(','), bytes.join(', '), ...base64FormsOf(bytes)]
}

/** Base64 depends on how many bytes stand before. The characters at both ends depend on the neighbours, so they are left out. */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = text.slice(before === 0 ? 0 : before + 1, -1)
    // A short word would be found by chance.
    return inner.length >= 8 ? [inner, inner.replaceAll('+', '-').replaceAll('/', '_')] : []
  })
}
