#!/usr/bin/env bash
# Fourth step of the action: one comment on the pull request, edited in place by every later run. A comment that cannot
# be written is a warning and never fails the job: forks, for one, get no token that may write.
set -uo pipefail

skip() {
  echo "::warning::No comment on the pull request: $*"
  exit 0
}

command -v jq >/dev/null 2>&1 || skip "jq is not installed on this runner"
command -v curl >/dev/null 2>&1 || skip "curl is not installed on this runner"
number="$(jq -r '.pull_request.number // (select(.issue.pull_request) | .issue.number) // empty' "$GITHUB_EVENT_PATH" 2>/dev/null | tr -d '\r')"
case "$number" in
  "" | *[!0-9]*) skip "this run belongs to none" ;;
esac
[ -n "${INPUT_GITHUB_TOKEN:-}" ] || skip "github-token is empty"

work="$(mktemp -d "$RUNNER_TEMP/bench-comment.XXXXXX")" || skip "cannot write to $RUNNER_TEMP"
trap 'rm -rf "$work"' EXIT
comments="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$number/comments"

# The token goes through a file, since command lines can be seen by other programs of the machine.
token="${INPUT_GITHUB_TOKEN//\\/\\\\}"
(umask 077 && printf 'header = "Authorization: Bearer %s"\n' "${token//\"/\\\"}" >"$work/token")

# ask METHOD URL [FILE]: the answer in $work/answer, its headers in $work/head
ask() {
  curl --config "$work/token" --silent --show-error --fail --request "$1" \
    --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
    --dump-header "$work/head" --output "$work/answer" ${3:+--data-binary "@$3"} "$2"
}

marker="$(head -n 1 "$SUMMARY_FILE" | tr -d '\r')"
case "$marker" in
  '<!-- '*' -->') ;;
  *) skip "$SUMMARY_FILE does not begin with a marker" ;;
esac
# GitHub takes 65,536 characters.
head -c 60000 "$SUMMARY_FILE" | jq -Rs '{body: .}' >"$work/body" || skip "cannot read $SUMMARY_FILE"

# The newest comment with the marker, on whatever page it is.
id=""
page="$comments?per_page=100"
while [ -n "$page" ]; do
  ask GET "$page" || skip "cannot read the comments"
  newest="$(jq -r --arg marker "$marker" \
    '[.[] | select((.body // "") | startswith($marker))] | max_by(.id) | .id // empty' "$work/answer" | tr -d '\r')"
  if [ -n "$newest" ] && { [ -z "$id" ] || [ "$newest" -gt "$id" ]; }; then id="$newest"; fi
  page="$(tr -d '\r' <"$work/head" | sed -n 's/^[Ll]ink:.*<\([^>]*\)>; *rel="next".*/\1/p' | tail -n 1)"
done

if [ -n "$id" ]; then
  ask PATCH "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/comments/$id" "$work/body" ||
    skip "cannot edit comment $id; the job needs the permission pull-requests: write"
else
  ask POST "$comments" "$work/body" || skip "cannot add one; the job needs the permission pull-requests: write"
fi
