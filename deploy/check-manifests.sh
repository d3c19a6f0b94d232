#!/usr/bin/env bash
# Checks the Kubernetes manifests against the schemas of Kubernetes, with a validator from PyPI. It needs Python with pip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check kubernetes-validate==1.37.0
"$tools/bin/kubernetes-validate" --strict $(ls kubernetes/*.yaml | grep -v kustomization)
