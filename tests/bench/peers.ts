/**
 * How each load generator is started and how its output is read. Starting and timing it is `measure.ts`'.
 *
 * @module
 */
import { programPath } from "../_support/peers.ts";

/** One measurement to take. */
export interface Job {
  readonly url: string;
  readonly connections: number;
  readonly threads: number;
  readonly seconds: number;
  /** Requests a second to keep to; absent: as many as possible. */
  readonly rate?: number;
  /** PEM of the root that the server's certificate is checked against, by tools that check. */
  readonly certificatePath?: string;
  /** Where tools that write a file write it. */
  readonly outputPath: string;
}

/** What a tool says of its run. */
export interface Reading {
  readonly requests: number;
  readonly perSecond: number;
  /** Requests without a good answer. */
  readonly errors: number;
  /** Median delay between due and sent, ms; only of tools that tell. */
  readonly startDelayMs?: number;
}

/** One load generator. */
export interface Tool {
  readonly name: string;
  /** Program and arguments; `undefined` where it is not installed. */
  command(job: Job): readonly string[] | undefined;
  /**
   * Reads its output: the file at `outputPath` where the tool writes one, else standard output.
   * @throws {Error} when the output has not the expected form.
   */
  parse(output: string): Reading;
}

/** This project's program, run from source. */
export const bench: Tool = {
  name: "bench",
  command: (job) => [
    ...[Deno.execPath(), "run", "-A", new URL("../../main.ts", import.meta.url).pathname],
    ...["-t", `${job.threads}`, "-c", `${job.connections}`, "-d", `${job.seconds}`, "--no-progress"],
    ...["--json", job.outputPath],
    ...(job.rate === undefined ? [] : ["--rate", `${job.rate}`]),
    ...(job.certificatePath === undefined ? [] : ["--ssl-verify", "--ca-bundle", job.certificatePath]),
    job.url,
  ],
  parse: parseBenchJson,
};

const wrk: Tool = {
  name: "wrk",
  command: ({ url, connections, threads, seconds }) =>
    installed("wrk", [`-t${threads}`, `-c${connections}`, `-d${seconds}`, url]),
  parse: parseWrk,
};

const ab: Tool = {
  name: "ab",
  // A time limit sets the number of requests to 50,000; only a number given after it lifts that.
  command: ({ url, connections, seconds }) =>
    installed("ab", ["-k", "-q", "-c", `${connections}`, "-t", `${seconds}`, "-n", "100000000", url]),
  parse: parseAb,
};

const hey: Tool = {
  name: "hey",
  // Its rate is one worker's; its threads are as many as there are cores unless told.
  command: ({ url, connections, threads, seconds, rate }) =>
    installed("hey", [
      ...["-c", `${connections}`, "-z", `${seconds}s`, "-cpus", `${threads}`],
      ...(rate === undefined ? [] : ["-q", `${rate / connections}`]),
      url,
    ]),
  parse: parseHey,
};

const h2load: Tool = {
  name: "h2load",
  command: ({ url, connections, threads, seconds }) =>
    installed("h2load", ["--h1", `-t${threads}`, `-c${connections}`, `-D${seconds}`, url]),
  parse: parseH2load,
};

/** The tools to compare with. */
export const RIVALS: readonly Tool[] = [wrk, ab, hey, h2load];

function installed(name: string, args: readonly string[]): readonly string[] | undefined {
  const path = programPath(name);
  return path === undefined ? undefined : [path, ...args];
}

/** Reads the program's own JSON result; anything but the totals may be missing. */
export function parseBenchJson(text: string): Reading {
  const document: unknown = JSON.parse(text);
  const number = (path: readonly string[]): number | undefined => {
    let value: unknown = document;
    for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
    return typeof value === "number" ? value : undefined;
  };
  const requests = number(["total_requests"]);
  const perSecond = number(["requests_per_sec"]);
  if (requests === undefined || perSecond === undefined) throw new Error("No totals in the JSON result");
  const delay = number(["open_loop", "start_delay", "p50"]);
  return {
    requests,
    perSecond,
    errors: number(["total_errors"]) ?? 0,
    ...(delay !== undefined && { startDelayMs: delay * 1000 }),
  };
}

/** Reads wrk's report. */
export function parseWrk(text: string): Reading {
  const sockets =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const statuses = optional(text, /Non-2xx or 3xx responses: (\d+)/);
  return {
    requests: required("wrk", text, /(\d+) requests in /),
    perSecond: required("wrk", text, /Requests\/sec:\s+([\d.]+)/),
    errors: sockets.reduce((sum, count) => sum + Number(count), statuses),
  };
}

/** Reads ApacheBench's report. */
export function parseAb(text: string): Reading {
  return {
    requests: required("ab", text, /Complete requests:\s+(\d+)/),
    perSecond: required("ab", text, /Requests per second:\s+([\d.]+)/),
    errors: required("ab", text, /Failed requests:\s+(\d+)/) + optional(text, /Non-2xx responses:\s+(\d+)/),
  };
}

/** Reads hey's report: answers by status, then errors by text. */
export function parseHey(text: string): Reading {
  let requests = 0;
  let errors = 0;
  for (const [, status, count] of text.matchAll(/\[(\d+)\]\s+(\d+) responses/g)) {
    requests += Number(count);
    if (!/^[23]/.test(status ?? "")) errors += Number(count);
  }
  const failures = text.split("Error distribution:")[1] ?? "";
  for (const [, count] of failures.matchAll(/^\s+\[(\d+)\]/gm)) {
    requests += Number(count);
    errors += Number(count);
  }
  return { requests, perSecond: required("hey", text, /Requests\/sec:\s+([\d.]+)/), errors };
}

/** Reads h2load's report; its failures include the answers with an error status. */
export function parseH2load(text: string): Reading {
  return {
    requests: required("h2load", text, /(\d+) done/),
    perSecond: required("h2load", text, /, ([\d.]+) req\/s/),
    errors: required("h2load", text, /, (\d+) failed/),
  };
}

function required(tool: string, text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) {
    throw new Error(`Cannot read ${tool}'s output: no ${pattern.source} in ${text.slice(0, 400)}`);
  }
  return Number(found);
}

function optional(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
