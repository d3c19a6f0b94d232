// Finds variables that look like settings of onramp and are none, since a misspelled setting would be ignored silently.

const OURS = /^(ONRAMP|HUBSPOT|PAYLOAD)_/i

// These settings are documented for later versions. A process that ignored one would be less safe than its operator believes.
const NOT_IN_THIS_VERSION: Record<string, string> = {
  ONRAMP_MAPPING: 'onramp writes its own fields only, by docs/webhooks.md',
}

/** One problem for each variable that is set, and that only a later version has. */
export function missingSettings(env: Record<string, string | undefined>): string[] {
  return Object.entries(NOT_IN_THIS_VERSION)
    .filter(([name]) => isSet(env[name]))
    .map(([name, instead]) => `${name} is not a setting of this version: ${instead}. Remove it`)
}

/** One warning for each variable with a prefix of ours that is no setting. Names the closest setting, but no values. */
export function unknownVariables(env: Record<string, string | undefined>, settings: readonly string[]): string[] {
  return Object.keys(env)
    .filter((name) => OURS.test(name) && isSet(env[name]) && !settings.includes(name) && !(name in NOT_IN_THIS_VERSION))
    .map((name) => {
      const meant = closest(name.toUpperCase(), settings)
      return `${name} is not a setting of onramp and has no effect. ${meant === null ? 'See .env.example.' : `Do you mean ${meant}?`}`
    })
}

const isSet = (value: string | undefined): boolean => value !== undefined && value.trim() !== ''

/** The setting that differs in the fewest characters; `null` when a third of the name after its prefix would have to change. */
function closest(name: string, settings: readonly string[]): string | null {
  const limit = Math.ceil(name.replace(OURS, '').length / 3)
  const ranked = settings
    .map((setting) => ({ setting, distance: editDistance(name, setting) }))
    .sort((one, other) => one.distance - other.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= limit ? best.setting : null
}

/** How many characters must be inserted, deleted or replaced (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let at = 1; at <= from.length; at += 1) {
    const next = [at]
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = row[column - 1]! + (from[at - 1] === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
