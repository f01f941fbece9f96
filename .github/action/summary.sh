#!/usr/bin/env bash
# Third step of the action: the results as Markdown, in a file, in the job's summary, and as outputs of the step.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source-path=SCRIPTDIR
. "$here/words.sh"

summary="${INPUT_SUMMARY_FILE:-$RUNNER_TEMP/bench-summary.md}"
code=0
if [ -n "${DUEL_FILE:-}" ]; then
  # A duel has written its own; the marker is for comments.
  {
    echo '<!-- bench-duel -->'
    if [ -n "${INPUT_TITLE:-}" ]; then printf '## %s\n\n' "$INPUT_TITLE"; fi
    cat "$DUEL_FILE"
  } >"$summary" || code=$?
  echo "not_judged=$(grep -c '^- ❔' "$DUEL_FILE" || true)" >>"$GITHUB_OUTPUT"
else
  words=(summary "$RESULTS_FILE" --marker --output "$summary" --github-output "$GITHUB_OUTPUT")
  [ -z "${INPUT_TITLE:-}" ] || words+=(--title "$INPUT_TITLE")
  split_lines "${INPUT_THRESHOLDS:-}"
  for line in ${LINES_FOUND[@]+"${LINES_FOUND[@]}"}; do words+=(--threshold "$line"); done
  if [ -n "${INPUT_BASELINE:-}" ]; then
    words+=(--baseline "$INPUT_BASELINE")
    split_lines "${INPUT_FAIL_ON:-}"
    for line in ${LINES_FOUND[@]+"${LINES_FOUND[@]}"}; do words+=(--fail-on "$line"); done
  fi
  "$BENCH" "${words[@]}" || code=$?
fi
{
  echo "code=$code"
  echo "summary-file=$summary"
} >>"$GITHUB_OUTPUT"
[ -s "$summary" ] || { echo "::error::bench summary ended with code $code and wrote nothing"; exit 1; }
if [ "${INPUT_JOB_SUMMARY:-true}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  # The marker is for comments.
  grep -v '^<!-- .* -->$' "$summary" >>"$GITHUB_STEP_SUMMARY" || true
fi
