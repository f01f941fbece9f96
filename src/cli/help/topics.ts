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
  /** What comes after it and is put together when it is asked for. */
  readonly more?: () => Promise<string>;
}

const MODELS =
  `Two questions decide what a load is: how many requests are in flight, and who decides when the next one starts.

Closed loop: a fixed number of connections or users, each of which waits for a response before it sends again. A slow
server receives fewer requests, so throughput is the result.

  bench -c 50 -d 30s URL                  50 connections, as fast as responses arrive
  bench -n 10000 -c 50 URL                the same, until 10,000 requests are done
  bench -u 200 -d 5m --think-time 2s URL  200 users who pause about 2 s after each response

Open loop: requests start on a schedule, however slow the server is, like independent visitors. You choose the rate,
and latency is the result. It counts from the moment a request was due, so a stalled server cannot hide how long the
requests behind it waited. The time from sending is reported as service_latency.

  bench --rate 500 -d 1m URL                                                  500 per second, evenly
  bench --rate 100 --rate-ramp 1000 -d 5m URL                                 from 100 to 1,000
  bench --rate 300 --traffic-profile sine:cycles=3 -d 10m URL                 a curve up to 300
  bench --rate 200 --traffic-profile stages:30s@200,2m@200,30s@0 -d 3m URL    pieces of a line

Search: --autofind raises users or rate step by step until a limit breaks, then narrows down by bisection. A step ends
as soon as it clearly passes or fails. By rate, without --max-p95, it looks for the knee of the latency.

  bench --autofind --max-p95 500ms --max-error-rate 1 URL
  bench --autofind --autofind-by rate URL

To find the maximum throughput, use a closed loop or --autofind. To find the latency at a given traffic, use --rate.
Do not compare latencies of the two.
`;

const THRESHOLDS =
  `A threshold is a condition that must hold; otherwise the exit code is 2. Repeat --th for more.

  bench --th 'p95 < 300ms' --th 'error_rate < 1%' --th 'rps > 1000' URL
  bench --scenario shop.yaml --th 'step:login p99 < 1s' -d 1m

Form: [step:NAME] METRIC OPERATOR NUMBER[UNIT] with < <= > >= and the units us, ms, s (latencies) or % (error_rate,
success_rate). Without a unit, latencies are in seconds and the two rates in percent; verdicts show it.

Metrics, and any other percentile, such as p97.5:

${wrapped(METRICS.map(({ key }) => key), 96)}

A threshold can be about a part of the run: step:NAME, group:NAME, iteration:FLOW, scenario:NAME, or a metric that
responses have in Server-Timing: --server-timing --th 'server_timing:db p95 < 50ms'.

A metric without data fails. Requests without a response sort after all others: a percentile that falls among them is
only a lower bound, and an upper limit on it fails. The same holds for requests of --rate that were due and never sent
(dropped). delayed counts those sent more than 1 ms late.

Quote thresholds: an unquoted < redirects input in every shell.

To go on until the numbers are known, at most for -d:

  bench --until 'p99 ± 2%' --until 'rps +- 1%' URL

To stop early:

  bench -d 10m --th 'error_rate < 1%' --abort-on-fail URL       as soon as it can no longer be met
  bench -d 10m --th 'error_rate < 1%' --abort-on-fail=30s URL   and from 30 s on, when it is not met so far

A threshold can still be met if it would hold were all remaining requests answered instantly and without errors. With
-n and --rate their number is known; otherwise bench extrapolates from the fastest second so far. Throughput thresholds
stop a run early only with -n, or after the given time.
`;

const BASELINES =
  `Compare a run with earlier ones. Rules say which changes are not allowed; if one fires, the exit code is 3.

  bench -d 1m --save-baseline main.json URL
  bench -d 1m --baseline main.json --fail-on 'p95 > +10%' --fail-on worse URL
  bench compare --fail-on worse main.json branch.json

Form: METRIC < or > CHANGE, where a change is +10% of the baseline, -5ms in the metric's unit, or, for error_rate,
percentage points; METRIC worse; or worse alone, for rps, error_rate, p50, p95 and p99 together. Steps:
step:login.p95, step:"GET /a b".p95.

A rule fires only when the change is beyond its bound and more than noise. What noise is comes from two sources: how
the run's seconds scatter, and how far two runs of the same thing lie apart. With one run on each side the second is
read from how slowly their seconds move, and is at least --run-noise (1% for throughput and median, more for the
tail); with several, it is measured:

  bench compare --fail-on worse 'main-*.json' branch.json

The table shows the interval in which each change lies (--confidence, 99%). Longer runs and more of them make it
narrower. Runs of less than four seconds are too short to estimate noise: what no noise explains, such as errors in half
of the requests, still counts as worse, and otherwise the bound alone decides. So it does for minimum, maximum, standard
deviation and counts; counts such as total_requests grow with the run's length and are shown, not judged. What is
missing in the current run fails, and so does a percentile of which only a lower bound is known where that does not
decide; where it is the baseline's, there is nothing to compare with. Other settings than the baseline's are a warning,
and with --strict-config an error.

Failed runs are never saved as baselines.

Where both builds are at hand, bench duel measures them against each other, and needs none of these assumptions.
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

  bench login.yaml -u 50 -d 1m --think-time 0

Variables: \${name} holds what a step extracted (json, header, regex, cookie, response), \${item.id} a field of it,
\${users.email} a field of a row of data.
Functions: \${uuid()}, \${randint(1,9)}, \${choice(a,b)}, \${pick(list)}, \${counter()}, \${date('%Y-%m-%d', '+1d')},
\${base64(x)}, \${hmac_sha256(key, x)}, \${env(NAME)} and others; they calculate, too: \${n + 1}.

Several loads in one run: scenarios: { browse: { users: 20, duration: 1m, steps: [...] }, buy: { rate: 5, start: 10s,
steps: [...] } }. Each has its own rows in reports and its own thresholds: --th 'scenario:buy p95 < 1s'.

A step whose checks fail is one error. The steps that need what it should have extracted are not sent. Reports list
every check, and thresholds name them: --th 'checks rate > 99%', --th '"private: status is 200" rate > 99%'.

Start from what you have: bench har-import recording.har, bench openapi-import api.yaml, or bench curl-import 'curl …'.
For editors: bench schema scenario.
`;

const ENVIRONMENT_ROWS: HelpSection = {
  title: "Other variables",
  rows: [
    ["NO_COLOR", "no colours"],
    ["FORCE_COLOR", "colours even if standard output is not a terminal"],
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

The command line overrides the environment, which overrides the file. Lists are replaced, not merged.
An unknown variable that begins with BENCH_ causes a warning.

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

const STREAMS =
  `--stream times the events of a response while it comes in: the first event, the gaps between events, the longest
silence. auto tells from the content type how a response is cut: server-sent events, lines of JSON, lines, or whatever
comes at a time.

  bench --stream auto -c 10 URL                              any stream
  bench --stream sse --threshold 'event_gap p99 < 50ms' URL  server-sent events

--api asks a language model and knows where its tokens are. The address of the server is enough; keys go into a
header, and prompts take turns.

  bench --api openai --model NAME --prompt 'Say hello' -c 8 URL           vLLM, llama.cpp, OpenAI …
  bench --api anthropic --model NAME --prompt Hello --prompt Goodbye URL  two prompts; --prompts FILE: many
  bench --api ollama --model NAME --rate 4 --arrivals poisson -c 64 URL   four new requests per second

TTFT (time to first token) runs from the start of a request, with --rate from when it was due, to its first token; ITL
(inter-token latency) from one token to the next. TPOT (time per output token) is one value for each request: from its
first token to its last, over the tokens after the first. Goodput is the share of requests that succeed and keep every
limit of --goodput.

  bench --api openai --goodput ttft:300ms,tpot:50ms --threshold 'goodput > 95%' URL

--timeout is for the whole of a response. A stream that breaks, holds an error or, of a model, no event at all is an
error.
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
  { name: "streams", summary: "events, and tokens of language models", text: STREAMS },
  { name: "thresholds", summary: "conditions that decide the exit code", text: THRESHOLDS },
  { name: "baselines", summary: "compare with earlier runs; what counts as noise", text: BASELINES },
  {
    name: "scenarios",
    summary: "steps with variables, checks and data; all keys",
    text: SCENARIOS,
    more: async () => (await import("./scenario_keys.ts")).scenarioKeysText(),
  },
  {
    name: "exit-codes",
    summary: "what the end of a run means to a script",
    text: `${sectionText(EXIT_CODES)}

If several apply: 2, then 3, then 1. Without a threshold, failed requests do not change the exit code, unless no
request succeeded. The first Ctrl-C ends the load and prints the report.
`,
  },
  { name: "environment", summary: "options from variables and files", text: ENVIRONMENT },
];
