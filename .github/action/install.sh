#!/usr/bin/env bash
# First step of the action: makes the program ready in a directory of this job, and says where it is.
#   INPUT_VERSION: empty for the version of the action, latest, a version such as 1.2.3, or local for the `bench` that is
#   on the PATH already
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

if [ "${INPUT_VERSION:-}" = local ]; then
  program="$(command -v bench)" || { echo "::error::version is local, but there is no bench on the PATH"; exit 1; }
else
  version="${INPUT_VERSION:-}"
  if [ -z "$version" ]; then
    version="$(sed -n 's/^  "version": "\([^"]*\)",\{0,1\}\r\{0,1\}$/\1/p' "$here/../../deno.json")"
  fi
  folder="$RUNNER_TEMP/bench"
  BENCH_VERSION="$version" BENCH_INSTALL_DIR="$folder" BENCH_REPOSITORY="${ACTION_REPOSITORY:-}" \
    sh "$here/../../install.sh" || { echo "::error::Cannot install bench $version"; exit 1; }
  program="$folder/bench"
  [ -f "$program" ] || program="$program.exe"
fi
echo "program=$program" >>"$GITHUB_OUTPUT"
