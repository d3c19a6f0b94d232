// The npm scripts of production run this first: an older Node, which cannot run TypeScript, says in one line what is missing.

// `import.meta.main`, which `npm run bundle` needs, came with 24.2. Keep this file free of syntax that an old Node does not know.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 2)) {
  process.stderr.write(
    `onramp needs Node 24.2 or newer, and "node" on the PATH is ${process.versions.node}: install a newer one, or run ` +
      '"npm ci" without --omit=dev, which brings Node 24 for the npm scripts.\n',
  )
  process.exitCode = 1
}
