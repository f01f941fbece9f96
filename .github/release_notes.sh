#!/usr/bin/env bash
# release_notes.sh VERSION: what CHANGELOG.md says about a version; fails when it says nothing.
set -euo pipefail
notes="$(awk -v "head=## [$1]" 'index($0, head) == 1 { on = 1; next } /^## |^\[[^]]*\]: / { on = 0 } on' \
  "$(dirname "${BASH_SOURCE[0]}")/../CHANGELOG.md")"
[ -n "${notes//[[:space:]]/}" ] || { echo "CHANGELOG.md says nothing about $1" >&2; exit 1; }
echo "$notes"
