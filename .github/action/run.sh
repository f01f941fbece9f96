#!/usr/bin/env bash
# Second step of the action: runs the benchmark. Fails only when there are no results to judge; what the results mean is
# left to the last step.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source-path=SCRIPTDIR
. "$here/words.sh"

results="${INPUT_RESULTS_FILE:-$RUNNER_TEMP/bench-results.json}"
words=()

# add_lines FLAG TEXT: the flag before each line of the text.
add_lines() {
  local line
  split_lines "$2"
  for line in ${LINES_FOUND[@]+"${LINES_FOUND[@]}"}; do words+=("$1" "$line"); done
}

split_words "${INPUT_ARGS:-}" || { echo "::error::args: a quotation is not closed"; exit 1; }
words+=(${WORDS[@]+"${WORDS[@]}"})
[ -z "${INPUT_SCENARIO:-}" ] || words+=(--scenario "$INPUT_SCENARIO")
duel=""
if [ -n "${INPUT_A_RUN:-}${INPUT_B_RUN:-}${INPUT_B_URL:-}" ]; then
  if [ -n "${INPUT_THRESHOLDS:-}${INPUT_BASELINE:-}${INPUT_SAVE_BASELINE:-}" ]; then
    echo "::error::A duel takes fail-on, and no thresholds, baseline or save-baseline"
    exit 1
  fi
  duel="$RUNNER_TEMP/bench-duel.md"
  words=(duel ${words[@]+"${words[@]}"} --markdown "$duel")
  [ -z "${INPUT_A_RUN:-}" ] || words+=(--a-run "$INPUT_A_RUN")
  [ -z "${INPUT_B_RUN:-}" ] || words+=(--b-run "$INPUT_B_RUN")
  [ -z "${INPUT_HTML_REPORT:-}" ] || words+=(--html "$INPUT_HTML_REPORT")
else
  [ -z "${INPUT_HTML_REPORT:-}" ] || words+=(--html-report "$INPUT_HTML_REPORT")
  [ -z "${INPUT_BASELINE:-}" ] || words+=(--baseline "$INPUT_BASELINE")
  [ -z "${INPUT_SAVE_BASELINE:-}" ] || words+=(--save-baseline "$INPUT_SAVE_BASELINE")
  add_lines --threshold "${INPUT_THRESHOLDS:-}"
fi
add_lines --fail-on "${INPUT_FAIL_ON:-}"
words+=(--json "$results")
[ -z "${INPUT_URL:-}" ] || words+=("$INPUT_URL")
[ -z "${INPUT_B_URL:-}" ] || words+=("$INPUT_B_URL")

rm -f "$results"
code=0
"$BENCH" "${words[@]}" || code=$?
{
  echo "code=$code"
  echo "results-file=$results"
  echo "html-report=${INPUT_HTML_REPORT:-}"
  echo "duel-file=$duel"
} >>"$GITHUB_OUTPUT"
if [ ! -s "$results" ]; then
  echo "verdict=error" >>"$GITHUB_OUTPUT"
  echo "::error::bench ended with code $code and wrote no results"
  exit 1
fi
