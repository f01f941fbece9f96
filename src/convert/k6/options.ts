/**
 * The options of a k6 script in the words of this program.
 *
 * @module
 */

/** Options, and what could not be said. */
export interface ConvertedOptions {
  readonly options: Readonly<Record<string, unknown>>;
  readonly remarks: readonly string[];
}

/** Times and counts of k6's own metrics, by what they are called here. */
const TIMES: Readonly<Record<string, string>> = {
  http_req_duration: "",
  iteration_duration: "iteration ",
  group_duration: "",
};

/** Options without a counterpart that need no word: they are about k6's own output. */
const SILENT = new Set([
  "summaryTrendStats",
  "summaryTimeUnit",
  "systemTags",
  "tags",
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
  if (iterations !== undefined) options["iterations"] = iterations;
  if (duration !== undefined) options["duration"] = duration;
  if (Array.isArray(stages)) Object.assign(options, convertStages(stages, remarks));
  else if (users !== undefined) {
    options[iterations === undefined && duration !== undefined ? "users" : "connections"] = users;
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
      case "scenarios":
        remarks.push(
          "options.scenarios: choose a load (users, rate, connections) in options; one function runs in a run",
        );
        break;
      default:
        if (!SILENT.has(key)) remarks.push(`options.${key}: no counterpart, left out`);
    }
  }
  // k6 follows redirects unasked.
  if (!("follow-redirects" in options)) options["follow-redirects"] = 10;
  return { options, remarks };
}

/** Users that come and go: the most of them, for the whole time, with the first stage as the ramp. */
function convertStages(stages: readonly unknown[], remarks: string[]): Record<string, unknown> {
  const list = stages as readonly { readonly duration?: unknown; readonly target?: unknown }[];
  const most = Math.max(1, ...list.map(({ target }) => Number(target) || 0));
  const totalSec = list.reduce((sum, { duration }) => sum + secondsOf(String(duration ?? "0s")), 0);
  const first = list[0];
  if (list.length > 1) {
    remarks.push(
      `options.stages: ${most} users for ${totalSec} s after the first stage's ramp; stages that fall are not kept`,
    );
  }
  return {
    users: most,
    duration: `${totalSec}s`,
    ...(first !== undefined && Number(first.target) > 0 && { "ramp-up": String(first.duration) }),
  };
}

function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!,
    0,
  );
}

function convertThresholds(given: unknown, remarks: string[]): readonly string[] {
  if (typeof given !== "object" || given === null) return [];
  return Object.entries(given).flatMap(([metric, list]) =>
    (Array.isArray(list) ? list : [list]).flatMap((item: unknown) => {
      const text = typeof item === "object" && item !== null
        ? (item as { threshold?: unknown }).threshold
        : item;
      if (typeof item === "object") {
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
    : tag === undefined
    ? ""
    : undefined;
  if (part === undefined) return undefined;
  if (name in TIMES) {
    const known = part === "" && TIMES[name] === "" ? runField(word) : word;
    return `${part || TIMES[name]}${known} ${operator} ${bound}ms`;
  }
  switch (name) {
    case "http_req_failed":
      return word === "rate" ? `${part}error_rate ${operator} ${Number(bound) * 100}%` : undefined;
    case "http_reqs":
      return word === "count"
        ? `${part}total_requests ${operator} ${bound}`
        : `${part}rps ${operator} ${bound}`;
    case "iterations":
      return word === "count" ? `iterations ${operator} ${bound}` : undefined;
    default:
      return tag === undefined
        ? `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)} ${word} ${operator} ${bound}`
        : undefined;
  }
}

/** Fields of the whole run have longer names. */
function runField(word: string): string {
  return ({ avg: "avg_latency", min: "min_latency", max: "max_latency", median: "median_latency" })[word] ??
    word;
}
