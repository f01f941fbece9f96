#!/usr/bin/env bash
# Last step of the action: what the run comes to. Runs even when an earlier step failed.
#   NOT_JUDGED: how many rules the runs do not tell about
#   RUN_CODE, SUMMARY_CODE: exit codes of the benchmark and of the summary; empty when they did not get so far
set -euo pipefail

# A breached threshold goes before a regression, and a run that could not be done before both.
verdict=error
case "${RUN_CODE:-} ${SUMMARY_CODE:-}" in
  "0 0") verdict=pass ;;
  "2 "[023] | "0 2" | "3 2") verdict=threshold ;;
  "3 "[03] | "0 3") verdict=regression ;;
esac
passed=false
[ "$verdict" != pass ] || passed=true
{
  echo "verdict=$verdict"
  echo "passed=$passed"
} >>"$GITHUB_OUTPUT"

case "${NOT_JUDGED:-0}" in
  0 | *[!0-9]*) ;;
  1) echo "::warning::bench: 1 rule was not judged; the summary tells why" ;;
  *) echo "::warning::bench: $NOT_JUDGED rules were not judged; the summary tells why" ;;
esac
message="bench: $verdict (exit code ${RUN_CODE:-none})"
if [ "$verdict" = pass ]; then
  echo "$message"
elif [ "${INPUT_SOFT_FAIL:-false}" = true ]; then
  echo "::warning::$message; not failing the job, since soft-fail is true"
else
  echo "::error::$message"
  exit 1
fi
