// In CI, property tests draw the same examples in every run. Elsewhere, and in `npm run proof`, each run draws others.

if (process.env['CI'] !== undefined) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: 20_261_124 })
}
