/**
 * The load generators to compare with, and how each is told a job. None is asked for what it cannot do: a rate of tools
 * that have none, a timeout of tools that wait for ever.
 *
 * @module
 */
import {
  parseAb,
  parseBenchJson,
  parseH2load,
  parseHey,
  parseK6,
  parseOha,
  parseVegeta,
  parseWrk,
} from "./peer_output.ts";
import type { Job, Tool } from "./tool.ts";

/** Where the built-in target's tokens are, and its own count of them. */
export const TOKEN_PATH = "$.choices[0].delta.content";
/** See there. */
export const TOKEN_COUNT_PATH = "$.usage.completion_tokens";

/** This program, started by the given words. */
export function ownTool(command: readonly string[]): Tool {
  return {
    name: "bench",
    words: (job) => [
      ...command,
      ...(job.against === undefined ? [] : ["duel", "-q", "--metrics", "rps,p50"]),
      ...["-t", `${job.threads}`, "-c", `${job.connections}`],
      ...(job.against === undefined ? ["--no-progress"] : []),
      ...["--json", job.outputPath],
      ...(job.requests === undefined ? ["-d", `${job.seconds}`] : ["-n", `${job.requests}`]),
      ...(job.streams === undefined ? [] : ["--http2", "--streams", `${job.streams}`]),
      ...(job.rate === undefined ? [] : ["--rate", `${job.rate}`]),
      ...(job.timeoutSec === undefined ? [] : ["--timeout", `${job.timeoutSec}`]),
      ...(job.message === undefined ? [] : ["--ws-message", job.message, "--ws-expect-reply"]),
      ...(job.stream === undefined ? [] : ["--stream", "sse"]),
      ...(job.stream === "tokens" ? ["--tokens", TOKEN_PATH, "--token-count", TOKEN_COUNT_PATH] : []),
      ...(job.certificatePath === undefined ? [] : ["--ssl-verify", "--ca-bundle", job.certificatePath]),
      ...(job.until === undefined ? [] : ["--until", job.until]),
      ...(job.findsWarmup ? ["--warmup", "auto"] : []),
      job.url,
      ...(job.against === undefined ? [] : [new URL(job.against, job.url).href]),
    ],
    parse: parseBenchJson,
  };
}

const wrk: Tool = {
  name: "wrk",
  words: ({ url, connections, threads, seconds, rate, timeoutSec }) =>
    rate === undefined && seconds !== undefined
      ? [
        ...["wrk", "--latency", `-t${threads}`, `-c${connections}`, `-d${seconds}`],
        ...(timeoutSec === undefined ? [] : ["--timeout", `${timeoutSec}s`]),
        url,
      ]
      : undefined,
  parse: parseWrk,
};

const ab: Tool = {
  name: "ab",
  // A time limit sets the number of requests to 50,000; only a number given after it lifts that.
  words: ({ url, connections, seconds, requests, rate, timeoutSec }) =>
    rate === undefined
      ? [
        ...["ab", "-k", "-q", "-c", `${connections}`],
        ...(timeoutSec === undefined ? [] : ["-s", `${timeoutSec}`]),
        ...(requests === undefined ? ["-t", `${seconds}`, "-n", "100000000"] : ["-n", `${requests}`]),
        url,
      ]
      : undefined,
  parse: parseAb,
};

const hey: Tool = {
  name: "hey",
  // Its rate is one worker's; its threads are as many as there are cores unless told.
  words: ({ url, connections, threads, seconds, requests, rate, timeoutSec }) => [
    ...["hey", "-c", `${connections}`, "-cpus", `${threads}`],
    ...(requests === undefined ? ["-z", `${seconds}s`] : ["-n", `${requests}`]),
    ...(rate === undefined ? [] : ["-q", `${rate / connections}`]),
    ...(timeoutSec === undefined ? [] : ["-t", `${timeoutSec}`]),
    url,
  ],
  parse: parseHey,
};

const h2load: Tool = {
  name: "h2load",
  words: ({ url, connections, threads, streams, seconds, requests, rate, timeoutSec }) =>
    rate === undefined && timeoutSec === undefined
      ? [
        ...["h2load", streams === undefined ? "--h1" : `-m${streams}`, `-t${threads}`, `-c${connections}`],
        requests === undefined ? `-D${seconds}` : `-n${requests}`,
        url,
      ]
      : undefined,
  parse: parseH2load,
};

const oha: Tool = {
  name: "oha",
  words: ({ url, connections, seconds, requests, rate, timeoutSec }) => [
    ...["oha", "--no-tui", "--output-format", "json", "-c", `${connections}`],
    ...(requests === undefined ? ["-z", `${seconds}s`] : ["-n", `${requests}`]),
    ...(rate === undefined ? [] : ["-q", `${rate}`, "--latency-correction"]),
    ...(timeoutSec === undefined ? [] : ["-t", `${timeoutSec}s`]),
    url,
  ],
  parse: parseOha,
};

/** An open loop only; the attack's results go through a pipe into its report. */
const vegeta: Tool = {
  name: "vegeta",
  words: ({ url, connections, seconds, rate, timeoutSec }) =>
    rate === undefined ? undefined : [
      ...[
        "sh",
        "-c",
        'echo "GET $1" | vegeta attack "$2" "$3" "$4" "$5" | vegeta report -type=json',
        "vegeta",
        url,
      ],
      ...[`-rate=${rate}`, `-duration=${seconds}s`, `-max-workers=${connections}`],
      `-timeout=${timeoutSec ?? 30}s`,
    ],
  parse: parseVegeta,
};

const k6: Tool = {
  name: "k6",
  words: (
    { outputPath },
  ) => ["k6", "run", "--quiet", "--no-usage-report", `--summary-export=${outputPath}`, `${outputPath}.js`],
  input: (job) => ({ ending: ".js", text: k6Script(job) }),
  parse: parseK6,
};

/** The tools to compare with. */
export const PEERS: readonly Tool[] = [wrk, ab, hey, h2load, oha, vegeta, k6].map((tool): Tool => ({
  ...tool,
  // None of them sends messages, looks into responses, or tells differences, precision and warm-up.
  words: (job) => isRun(job) ? tool.words(job) : undefined,
}));

function isRun({ message, stream, against, until, findsWarmup }: Job): boolean {
  return message === undefined && stream === undefined && against === undefined && until === undefined &&
    findsWarmup === undefined;
}

function k6Script({ url, connections, seconds, requests, rate, timeoutSec }: Job): string {
  const scenario = rate !== undefined
    ? {
      executor: "constant-arrival-rate",
      rate,
      timeUnit: "1s",
      duration: `${seconds}s`,
      preAllocatedVUs: connections,
      maxVUs: connections,
    }
    : requests !== undefined
    ? { executor: "shared-iterations", vus: connections, iterations: requests, maxDuration: "10m" }
    : { executor: "constant-vus", vus: connections, duration: `${seconds}s` };
  const options = {
    discardResponseBodies: true,
    summaryTrendStats: ["med", "p(95)", "p(99)"],
    scenarios: { load: scenario },
  };
  return `import http from "k6/http";
export const options = ${JSON.stringify(options)};
function load() {
  http.get(${JSON.stringify(url)}, { timeout: "${timeoutSec ?? 60}s" });
}
export { load as default };
`;
}
