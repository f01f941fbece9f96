/**
 * What `bench help TOPIC` says, and the man page after its options: plain text in short paragraphs, lines that are set
 * in for whatever is to be read as it stands.
 *
 * @module
 */
import { METRICS } from "../../metrics/catalog.ts";
import { type HelpSection, sectionText } from "../../options/help_text.ts";
import { environmentName } from "../../options/names.ts";
import { EXIT_CODES } from "./exit_codes.ts";

/** One topic. */
export interface HelpTopic {
  /** The word after `bench help`. */
  readonly name: string;
  /** Half a sentence, for the list of topics. */
  readonly summary: string;
  /** Paragraphs with an empty line between; ends with a line break. */
  readonly text: string;
}

const MODELS =
  `Two questions decide what a load is: how many requests are under way, and who decides when the next one starts.

Closed loop: a fixed number of connections or users, each of which waits for its answer before it goes on. A slow
server gets fewer requests, so its throughput is the result.

  bench -c 50 -d 30s URL                  50 connections, as fast as answers come
  bench -n 10000 -c 50 URL                the same, until 10,000 requests are done
  bench -u 200 -d 5m --think-time 2s URL  200 users who pause about 2 s after each answer

Open loop: requests start on a schedule, whatever the answers do, as visitors do who know nothing of each other. The
rate is given, and latency is the result. It counts from the moment a request was due, so a server that stalls cannot
hide the wait of those behind it; the time from sending stands beside it as service_latency.

  bench --rate 500 -d 1m URL                                                  500 a second, evenly
  bench --rate 100 --rate-ramp 1000 -d 5m URL                                 from 100 to 1,000
  bench --rate 300 --traffic-profile sine:cycles=3 -d 10m URL                 a curve up to 300
  bench --rate 200 --traffic-profile stages:30s@200,2m@200,30s@0 -d 3m URL    pieces of a line

Search: --autofind raises users or rate step by step until the limits break, then halves the gap.

  bench --autofind --max-p95 500ms --max-error-rate 1 URL

To find how much a server can do, use a closed loop or --autofind. To find how it feels at a given traffic, use
--rate. Never compare latencies of one with the other.
`;

const THRESHOLDS =
  `A threshold is a claim that must hold; otherwise the exit code is 2. Give as many as you like.

  bench --th 'p95 < 300ms' --th 'error_rate < 1%' --th 'rps > 1000' URL
  bench --scenario shop.yaml --th 'step:login p99 < 1s' -d 1m

Form: [step:NAME] METRIC OPERATOR NUMBER[UNIT] with < <= > >= and the units us, ms, s (latencies) or % (error_rate,
success_rate). Without a unit, latencies are in seconds and the two rates in percent; verdicts show it.

Metrics, and any other percentile, such as p97.5:

${wrapped(METRICS.map(({ key }) => key), 96)}

What was not measured fails, since nobody knows. Requests that were never answered rank behind all others: a
percentile that falls among them is only known to be at least as large, and no claim that it is small holds. So do
arrivals of --rate that no connection was free for before the end: dropped counts them, delayed those that started
over 1ms late.

Quote claims: a bare < is a redirection in every shell.

To stop early:

  bench -d 10m --th 'error_rate < 1%' --abort-on-fail URL       as soon as it cannot be met any more
  bench -d 10m --th 'error_rate < 1%' --abort-on-fail=30s URL   and from 30 s on, when it is not met so far

A claim can be met as long as it would be if every request still to come were answered at once and without an error.
How many those are is known with -n and --rate; otherwise it is as many as the fastest second so far would make. Claims
about throughput are given up only with -n, or by the totals so far after the time given.
`;

const BASELINES =
  `A run can be held against runs saved earlier. Rules say which changes must not be; one that fires
makes the exit code 3.

  bench -d 1m --save-baseline main.json URL
  bench -d 1m --baseline main.json --fail-on 'p95 > +10%' --fail-on worse URL
  bench compare --fail-on worse main.json branch.json

Form: METRIC < or > CHANGE, where a change is +10% of the baseline, -5ms in the metric's unit, or, for error_rate,
percentage points; METRIC worse; or worse alone, for rps, error_rate, p50, p95 and p99 together. Steps:
step:login.p95, step:"GET /a b".p95.

A rule fires only when the change is beyond its bound and more than noise. What noise is comes from two sources: how
the run's seconds scatter, and how far two runs of the same thing lie apart. With one run on each side the second is
assumed (--run-noise, 1.5% for throughput and median, more for the tail); with several, it is measured:

  bench compare --fail-on worse 'main-*.json' branch.json

The table shows the interval in which each change lies (--confidence, 99%). Longer runs and more of them make it
narrower. Runs of less than four seconds are too short to estimate noise: what no noise explains, such as errors in half
of the requests, still counts as worse, and otherwise the bound alone decides. So it does for minimum, maximum, standard
deviation and counts; counts such as total_requests grow with the run's length and are shown, not judged. What is
missing in the current run fails, and so does a percentile of which only a lower bound is known where that does not
decide; where it is the baseline's, there is nothing to compare with. Other settings than the baseline's are a warning,
and with --strict-config an error.

Only a good run is saved as a baseline: a failure that became one would hide itself.
`;

const SCENARIOS = `A scenario is a YAML or JSON file of steps that a user goes through, again and again.

  name: Login
  base_url: http://localhost:8080
  steps:
    - name: login
      path: /login
      method: POST
      body: { user: "user-\${randint(1,1000)}" }
      extract: { token: { json: $.token } }
    - name: private
      path: /private
      headers: { Authorization: "Bearer \${token}" }
      assert_status: 200

Run it with users, connections or a rate; a URL on the command line replaces its base_url:

  bench --scenario login.yaml -u 50 -d 1m --think-time 0

Variables: \${name} holds what a step extracted (json, header, regex), \${users.email} a field of a row of data.
Functions: \${uuid()}, \${randint(1,9)}, \${randstr(8)}, \${counter()}, \${now()}, \${env(NAME)}.

Checks: assert_status, assert_body_contains, assert_body_regex, assert_json, assert_header, assert_max_latency. A step
that fails its check is one error, and the steps that need what it should have extracted are not sent.

Start from what is there: bench har-import recording.har, bench openapi-import api.yaml, or bench curl-import 'curl …'.
All keys, for editors: bench schema scenario.
`;

const ENVIRONMENT_ROWS: HelpSection = {
  title: "Other variables",
  rows: [
    ["NO_COLOR", "no colours"],
    ["FORCE_COLOR", "colours although standard output is no terminal"],
    ["TERM=dumb", "no colours and no moving lines"],
    ["OTEL_EXPORTER_OTLP_…", "headers, timeout and compression of --otel-endpoint"],
    ["OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME", "attributes of its metrics"],
  ],
};

const ENVIRONMENT =
  `Every option has an environment variable and a key in the file of --config: BENCH_ and the name in capitals, and
the long flag without its dashes.

  bench --num-requests 100 --no-keepalive URL
  ${environmentName("numRequests")}=100 ${environmentName("keepalive")}=false ${
    environmentName("url")
  }=URL bench

  # bench.yaml, for: bench --config bench.yaml
  num-requests: 100
  keepalive: false
  header:
    Accept: application/json

Command line goes before environment, environment before file. A list from one replaces the list of the other.
A variable that begins with BENCH_ and is no option is named in a warning.

${sectionText(ENVIRONMENT_ROWS)}
`;

const MEASURING =
  `Latency runs from the start of a request to the last byte of its response. With --rate it starts when the request
was due, so waiting for a free connection counts; service latency starts when the request was sent.

Percentiles and max cover successful requests. Requests that never got a whole response rank after all others: a
percentile that falls among them is a lower bound, shown with ≥. Percentiles are at most 0.1% too high, and appear
only when there are enough samples: 100 for p99, 1,000 for p99.9. Min, mean and stdev cover successful requests and
are exact.

Errors are statuses of 400 and above, failed checks and extractions, and requests without a whole response. Responses
that count as errors are timed separately.

Requests/sec counts requests that had a connection. Requests for which none could be opened are errors, and in no
rate. Bytes are those of response bodies as they travelled.

Connections opened before the start are not counted; one opened later counts for the request that needed it.

Dropped (with --rate): requests that were due and never sent. Delayed: sent more than 1 ms late. Unfinished: still
open after the graceful stop (--grace); neither requests nor errors.

The load generator is judged, too. "Did not keep up" means that this machine, not the server, may be what you
measured: stop other programs, use fewer connections, or use a second machine.

  bench --full URL      every section, with the definitions that apply to the run
  bench selftest        how accurate the numbers are on this machine
`;

/** Words in lines that are set in and at most so wide. */
function wrapped(words: readonly string[], width: number): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join("\n");
}

/** All topics, in the order in which they are listed. */
export const HELP_TOPICS: readonly HelpTopic[] = [
  { name: "models", summary: "ways to apply load, and which to choose", text: MODELS },
  { name: "measuring", summary: "what each number in a report means", text: MEASURING },
  { name: "thresholds", summary: "claims that decide the exit code", text: THRESHOLDS },
  { name: "baselines", summary: "rules against earlier runs, and what counts as noise", text: BASELINES },
  { name: "scenarios", summary: "steps with variables, checks and data", text: SCENARIOS },
  {
    name: "exit-codes",
    summary: "what the end of a run means to a script",
    text: `${sectionText(EXIT_CODES)}

Where several apply: 2, then 3, then 1. Answers with an error status are data: without a threshold they
leave the code 0, unless not one request succeeded. The first Ctrl-C ends the load, and the report follows.
`,
  },
  { name: "environment", summary: "options from variables and files", text: ENVIRONMENT },
];
