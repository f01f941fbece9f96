/**
 * The options of a k6 script in the words of this program.
 *
 * @module
 */
import { type ConvertedScenarios, convertScenarios, stagesText } from "./scenarios.ts";

/** Options, and what could not be said. */
export interface ConvertedOptions {
  readonly options: Readonly<Record<string, unknown>>;
  /** What the module exports beside them; absent: one load is in the options. */
  readonly scenarios?: ConvertedScenarios["scenarios"];
  readonly remarks: readonly string[];
}

/** Times and counts of k6's own metrics, by what they are called here. */
const TIMES: Readonly<Record<string, string>> = {
  http_req_duration: "",
  grpc_req_duration: "",
  iteration_duration: "iteration ",
  group_duration: "",
};

/** Other metrics that k6 itself makes. */
const OF_K6 = /^(?:http_req_|data_(?:sent|received)$|vus(?:_max)?$|dropped_iterations$|ws_|grpc_|browser_)/;

/** Options without a counterpart that need no word: they are about k6's own output. */
const SILENT = new Set([
  "summaryTrendStats",
  "summaryTimeUnit",
  "systemTags",
  "ext",
  "cloud",
  "setupTimeout",
]);

/** Converts the value of `export const options`. */
export function convertOptions(given: Readonly<Record<string, unknown>>): ConvertedOptions {
  const options: Record<string, unknown> = {};
  const remarks: string[] = [];
  const users = given["vus"];
  const { duration, iterations, stages } = given;
  const several = given["scenarios"] === undefined ? undefined : convertScenarios(given["scenarios"]);
  remarks.push(...several?.remarks ?? []);
  const hasScenarios = several !== undefined && Object.keys(several.scenarios).length > 0;
  if (hasScenarios) {
    for (const key of ["vus", "duration", "iterations", "stages"]) {
      if (given[key] !== undefined) remarks.push(`options.${key}: left out, the scenarios say their load`);
    }
  } else if (Array.isArray(stages)) options["stages"] = stagesText(users ?? 1, stages);
  else {
    if (iterations !== undefined) options["iterations"] = iterations;
    if (duration !== undefined) options["duration"] = duration;
    if (users !== undefined) {
      options[iterations === undefined && duration !== undefined ? "users" : "connections"] = users;
    }
  }
  for (const [key, value] of Object.entries(given)) {
    switch (key) {
      case "vus":
      case "duration":
      case "iterations":
      case "stages":
        break;
      case "thresholds":
        options["threshold"] = convertThresholds(value, remarks);
        break;
      case "insecureSkipTLSVerify":
        if (value === true) options["insecure"] = true;
        break;
      case "noConnectionReuse":
        if (value === true) options["no-keepalive"] = true;
        break;
      case "maxRedirects":
        options["follow-redirects"] = value;
        break;
      case "userAgent":
        options["header"] = [`User-Agent: ${value}`];
        break;
      case "tags":
        options["tag"] = Object.entries(value ?? {}).map(([name, text]) => `${name}=${text}`);
        break;
      case "scenarios":
        break;
      default:
        if (!SILENT.has(key)) remarks.push(`options.${key}: no counterpart, left out`);
    }
  }
  // k6 follows redirects unasked.
  if (!("follow-redirects" in options)) options["follow-redirects"] = 10;
  return { options, ...(hasScenarios && { scenarios: several.scenarios }), remarks };
}

function convertThresholds(given: unknown, remarks: string[]): readonly string[] {
  if (typeof given !== "object" || given === null) return [];
  return Object.entries(given).flatMap(([metric, list]) =>
    (Array.isArray(list) ? list : [list]).flatMap((item: unknown) => {
      const text = typeof item === "object" && item !== null
        ? (item as { threshold?: unknown }).threshold
        : item;
      if ((item as { abortOnFail?: unknown } | null)?.abortOnFail === true) {
        remarks.push("thresholds: abortOnFail is --abort-on-fail, for all of them");
      }
      const converted = typeof text === "string" ? convertThreshold(metric, text) : undefined;
      if (converted === undefined) {
        remarks.push(`thresholds: "${metric}: ${String(text)}" has no counterpart, left out`);
      }
      return converted ?? [];
    })
  );
}

/** One threshold; `undefined`: it cannot be said. */
export function convertThreshold(metric: string, text: string): string | undefined {
  const [, name = "", tag, value = ""] = /^([^{]+)(?:\{(\w+):(.*)\})?$/.exec(metric) ?? [];
  const [, field = "", operator = "", bound = ""] =
    /^\s*(p\(\d+(?:\.\d+)?\)|\w+)\s*(<=|>=|<|>)\s*([\d.]+)\s*$/.exec(text) ?? [];
  if (name === "" || field === "") return undefined;
  const word = field.replace(/^p\((.*)\)$/, "p$1").replace(/^med$/, "median");
  const quoted = JSON.stringify(value.replace(/^::/, "").replaceAll("::", " "));
  const part = tag === "name"
    ? `step:${quoted} `
    : tag === "group"
    ? `group:${quoted} `
    : tag === "scenario"
    ? `scenario:${JSON.stringify(value)} `
    : tag === undefined
    ? ""
    : undefined;
  if (part === undefined) return undefined;
  if (name in TIMES) {
    const known = part === "" && TIMES[name] === "" ? runField(word) : word;
    return `${part || TIMES[name]}${known} ${operator} ${bound}ms`;
  }
  switch (name) {
    case "ws_connecting":
      return `${part}handshake ${({ avg: "mean", median: "p50" })[word] ?? word} ${operator} ${bound}ms`;
    case "http_req_failed":
      return word === "rate" ? `${part}error_rate ${operator} ${percentOf(Number(bound))}%` : undefined;
    case "http_reqs":
      return word === "count"
        ? `${part}total_requests ${operator} ${bound}`
        : `${part}rps ${operator} ${bound}`;
    case "iterations":
      return word === "count" ? `iterations ${operator} ${bound}` : undefined;
    case "ws_msgs_sent":
    case "ws_msgs_received":
    case "ws_sessions":
    case "ws_ping":
    case "ws_session_duration":
      return socketThreshold(name, word, `${operator} ${bound}`, part);
    default:
      if (OF_K6.test(name)) return undefined;
      return tag === undefined
        ? `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)} ${word} ${operator} ${bound}`
        : undefined;
  }
}

/** A share in percent, without what doubles add: 0.07 is 7, not 7.000000000000001. */
function percentOf(share: number): number {
  return Number((share * 100).toPrecision(12));
}

/** What k6 counts of WebSockets, and how much of it there was per second. */
const SOCKET_COUNTS: Readonly<Record<string, readonly [count: string, rate?: string]>> = {
  ws_msgs_sent: ["ws_messages_sent", "ws_sent_per_sec"],
  ws_msgs_received: ["ws_messages_received", "ws_received_per_sec"],
  ws_sessions: ["ws_opened"],
};

function socketThreshold(name: string, word: string, limit: string, part: string): string | undefined {
  const [count, rate] = SOCKET_COUNTS[name] ?? [];
  const key = word === "count" ? count : word === "rate" ? rate : undefined;
  return key === undefined ? undefined : `${part}${key} ${limit}`;
}

/** Fields of the whole run have longer names. */
function runField(word: string): string {
  return ({ avg: "avg_latency", min: "min_latency", max: "max_latency", median: "median_latency" })[word] ??
    word;
}
