#!/bin/sh
# The commands of the image are the npm scripts of package.json: api, worker, setup, promote, customer, move, emulator. The image has
# no npm.
set -eu
cd /app
script=$(node -p 'require("./package.json").scripts[process.argv[1]] ?? ""' "${1:-}")
if [ -z "$script" ]; then
  echo 'Name a command: api, worker, setup, promote, customer, move or emulator.' >&2
  exit 2
fi
shift
# `exec` here and in the scripts makes Node the process that gets SIGTERM.
exec sh -c "$script \"\$@\"" onramp "$@"
