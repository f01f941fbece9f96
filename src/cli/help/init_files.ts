/**
 * The files that `bench init` writes.
 *
 * @module
 */

/** One file. */
export interface InitFile {
  readonly path: string;
  readonly text: string;
  /** Commands that use it. */
  readonly next: readonly string[];
}

const CONFIG = `# Options for bench: the long flags without their dashes.
# Use it with: bench --config bench.yaml
# The environment (BENCH_DURATION=30s) and the command line override this file.

# What to test; a URL on the command line replaces it.
url: http://localhost:8080/

# 10 connections, each of which sends as soon as its previous response arrives.
connections: 10
duration: 10s

# Or a steady request rate, however slow the server is:
# rate: 200

# Wait for the server to respond before the test starts.
wait-ready: 30s

# Headers of every request.
header:
  Accept: "*/*"

# Conditions that must hold; otherwise the exit code is 2.
threshold:
  - p95 < 300ms
  - error_rate < 1%

# Results for other programs and for people.
# json: results.json
# html-report: report.html
`;

const SCENARIO = `# yaml-language-server: $schema=./scenario.schema.json
# A scenario: steps that each user runs again and again.
# Run it with: bench --scenario scenario.yaml -u 10 -d 30s
# The schema line gives your editor completion: bench schema scenario > scenario.schema.json

name: Example
# A URL on the command line replaces it.
base_url: http://localhost:8080

steps:
  - name: front page
    path: /
    # Without a check, every status below 400 is a success.
    assert_status: 200

  - name: search
    # Placeholders are filled in for each request: uuid(), randint(1,9), randstr(8), counter(), now(), env(NAME).
    path: /?q=\${randstr(6)}
    headers:
      Accept: "*/*"
    # Pause after the step.
    think_time: 500ms
    # Keep a value of the response for later steps, and use it as \${token}:
    # extract: { token: { json: $.token } }
`;

const SCRIPT = `// A scenario in TypeScript: what each user does, again and again.
// Run it with: bench load.ts
// What bench hands to the function, and recipes: docs/scripts.md
import type { Bench, Options } from "@x/bench/script";

// Any option by its long flag without dashes; the command line goes before these.
export const options: Options = {
  // What paths are relative to; a URL on the command line replaces it.
  url: "http://localhost:8080",
  users: 10,
  duration: "30s",
  // Otherwise the exit code is 2.
  threshold: ["p95 < 300ms", "checks rate > 99%"],
  // Rows of a CSV file beside this one, for data.row("people"):
  // data: ["people=people.csv"],
};

// Once, before the load; what it returns is vars in every iteration.
// export async function setup({ http }: Bench) {
//   return (await http.post("/login", { json: { user: "ann", password: "secret" } })).json();
// }

${"export"} default async function ({ http, check, pause }: Bench) {
  const page = await http.get("/");
  // A check that fails makes its request a failure.
  check(page, { "page is there": (r) => r.ok && r.text().length > 0 });
  // A random time from 1 to 3 seconds.
  await pause(1, 3);
}
`;

const CI = `# A load test for every pull request. It fails when a threshold is not met.
name: Load test
on: [pull_request]

permissions:
  contents: read

jobs:
  load:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      # Start your server here.
      - run: ./start-server &
      - uses: OWNER/bench@v0 # the owner of the repository that bench comes from
        with:
          url: http://localhost:8080/
          args: --wait-ready -c 20 -d 30s
          thresholds: |
            p95 < 300ms
            error_rate < 1%
`;

/** By the word after \`bench init\`; the first is written without one. */
export const INIT_FILES: Readonly<Record<string, InitFile>> = {
  config: { path: "bench.yaml", text: CONFIG, next: ["bench --config bench.yaml"] },
  scenario: {
    path: "scenario.yaml",
    text: SCENARIO,
    next: [
      "bench --scenario scenario.yaml --check          # run each step once and show it",
      "bench --scenario scenario.yaml -u 10 -d 30s     # 10 users for 30 seconds",
    ],
  },
  script: {
    path: "load.ts",
    text: SCRIPT,
    next: [
      "bench load.ts --check     # run it once and show every request",
      "bench load.ts             # 10 users for 30 seconds",
    ],
  },
  ci: {
    path: ".github/workflows/load-test.yml",
    text: CI,
    next: ["git add .github/workflows/load-test.yml"],
  },
};
