#!/usr/bin/env bash
# try_program.sh PROGRAM VERSION: the first minute of a delivered program on the system it was made for. Needs nothing
# but bash, so that it also runs in the one that comes with Git for Windows.
set -euo pipefail
program="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
version="$2"
work="$(mktemp -d)"
cd "$work"

about="$("$program" --version)"
[ "${about%$'\r'}" = "bench $version" ] || { echo "Found $about, expected bench $version"; exit 1; }

# There from the start: the program in the background may come to it later than the first look below.
: >serve.txt
"$program" serve --port 0 >>serve.txt &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true' EXIT
for _ in $(seq 600); do
  url="$(sed -n 's/^Listening on \(http[^ ]*\).*/\1/p' serve.txt)"
  [ -z "$url" ] || break
  sleep 0.1
done
[ -n "$url" ] || { echo "bench serve said nothing"; exit 1; }

"$program" -n 2000 -c 8 -t 2 --json results.json --html-report report.html "$url/"
for part in '"total_requests": 2000,' '"total_errors": 0,' '"threads": 2,'; do
  grep -q "$part" results.json || { echo "results.json lacks $part"; exit 1; }
done
grep -q uPlot report.html

cat >scenario.yaml <<'END'
name: Two steps
steps:
  - { path: /json, extract: { all: { json: $ } } }
  - { path: "/bytes/10", assert_status: 200 }
END
"$program" --scenario scenario.yaml --iterations 5 --json - "$url" >scenario.json
grep -q '"total_errors": 0,' scenario.json

code=0
"$program" -n 10 --th 'p50 < 1us' "$url/" >/dev/null || code=$?
[ "$code" = 2 ] || { echo "A breached threshold gave exit code $code"; exit 1; }
echo "$1 works"
