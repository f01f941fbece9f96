/**
 * How a log is written: told by its first lines, or said as nginx (`log_format`), Apache (`LogFormat`) or names of fields
 * say it.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { isRecord } from "../../lib/is_record.ts";
import type { LogFields, LogFormat } from "../../plan/replay_step.ts";
import { cellsOf, lineReader } from "./log_line.ts";

/** `host ident user [time] "request" status …`: the common and the combined format, of nginx and Apache. */
export const COMBINED = String
  .raw`^\S+ \S+ .*?\[(?<time>[^\]]+)\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3})\b`;

/** What fields are usually called; the first that a line has is taken. */
const NAMES: Readonly<Record<keyof LogFields, readonly string[]>> = {
  time: [
    ...["time_iso8601", "timestamp", "@timestamp", "time", "ts", "msec", "time_local", "datetime", "date"],
    ...["StartUTC", "start_time"],
  ],
  method: [
    "request_method",
    "method",
    "http_method",
    "verb",
    "request.method",
    "RequestMethod",
    "http.request.method",
  ],
  target: [
    ...[
      "request_uri",
      "uri",
      "url",
      "path",
      "target",
      "request_url",
      "request.uri",
      "request.url",
      "RequestPath",
    ],
    ...["url.original", "url.path"],
  ],
  request: ["request", "request_line"],
  status: ["status", "status_code", "response_code", "code", "DownstreamStatus", "http.response.status_code"],
  host: ["http_host", "host", "server_name", "vhost", "request.host", "RequestHost"],
};

/** A part that takes whatever stands there. */
const ANYTHING = "[\\s\\S]*?";

const NGINX: Readonly<Record<string, string>> = {
  time_local: "(?<time>[^\\]]+?)",
  time_iso8601: "(?<time>\\S+?)",
  msec: "(?<time>[\\d.]+)",
  request: "(?<request>[\\s\\S]*?)",
  request_method: "(?<method>[A-Z]+)",
  request_uri: "(?<target>\\S*?)",
  uri: "(?<target>\\S*?)",
  status: "(?<status>\\d{3})",
  host: "(?<host>\\S*?)",
  http_host: "(?<host>\\S*?)",
  server_name: "(?<host>\\S*?)",
};

const APACHE: Readonly<Record<string, string>> = {
  t: "\\[(?<time>[^\\]]+)\\]",
  r: "(?<request>[\\s\\S]*?)",
  m: "(?<method>[A-Z]+)",
  U: "(?<target>\\S*?)",
  s: "(?<status>\\d{3})",
  v: "(?<host>\\S*?)",
  V: "(?<host>\\S*?)",
};

/**
 * The format that a text says: names of fields (`time=ts,url=path`), nginx's or Apache's format string.
 *
 * @throws {UsageError} when it has no time, or no request
 */
export function parseLogFormat(text: string, first: string): LogFormat {
  if (/^\s*\w+=[^\s,%$]+(?:,\s*\w+=[^\s,%$]+)*\s*$/.test(text)) return namedFormat(text, first);
  if (!/[$%]/.test(text)) {
    throw new UsageError(
      `--replay-format: found ${
        JSON.stringify(text)
      }, expected nginx's or Apache's format, or names such as ` +
        "time=ts,method=verb,url=path,status=code",
    );
  }
  const pattern = text.includes("$") ? nginxPattern(text) : apachePattern(text);
  if (!/\(\?<time>/.test(pattern) || !/\(\?<(?:request|target)>/.test(pattern)) {
    throw new UsageError(
      `--replay-format: found ${
        JSON.stringify(text)
      }, expected a time ($time_local, $msec, %t) and a request ` +
        "($request, $request_uri, %r, %U)",
    );
  }
  return { kind: "pattern", pattern: `^${pattern}\\s*$` };
}

function nginxPattern(text: string): string {
  return assembled(text, /\$\{?(\w+)\}?/g, ([, name = ""]) => NGINX[name]);
}

function apachePattern(text: string): string {
  return assembled(text, /%[<>!\d,]*(?:\{([^}]*)\})?([a-zA-Z%])/g, ([, argument, letter = ""]) => {
    if (letter === "%") return "%";
    if (argument === undefined) return APACHE[letter];
    if (letter === "t") {
      return /^(?:begin:|end:)?(?:sec|msec|usec)$/.test(argument) ? "(?<time>\\d+)" : '(?<time>[^"]+?)';
    }
    return letter === "i" && /^host$/i.test(argument) ? "(?<host>\\S*?)" : undefined;
  });
}

/** A pattern of literal text and parts; a part that is known already takes anything. */
function assembled(
  text: string,
  parts: RegExp,
  meaning: (match: RegExpExecArray) => string | undefined,
): string {
  const seen = new Set<string>();
  let pattern = "";
  let end = 0;
  for (const match of text.matchAll(parts)) {
    pattern += literal(text.slice(end, match.index));
    end = match.index + match[0].length;
    const part = meaning(match) ?? ANYTHING;
    const name = /\(\?<(\w+)>/.exec(part)?.[1];
    pattern += name !== undefined && seen.has(name) ? ANYTHING : part;
    if (name !== undefined) seen.add(name);
  }
  return `${pattern}${literal(text.slice(end))}`;
}

function literal(text: string): string {
  return text.replace(/\\(["\\])/g, "$1").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/\s+/g, "\\s+");
}

/** `time=ts,url=path`: of JSON lines, or of CSV with a header. */
function namedFormat(text: string, first: string): LogFormat {
  const given = Object.fromEntries(
    text.split(",").map((part) => part.trim().split("=", 2) as [string, string]),
  );
  const { url, ...rest } = given;
  const fields: Record<string, string> = { ...rest, ...(url !== undefined && { target: url }) };
  const odd = Object.keys(fields).find((key) => !Object.hasOwn(NAMES, key));
  if (odd !== undefined || fields["time"] === undefined) {
    throw new UsageError(
      `--replay-format: found ${
        JSON.stringify(text)
      }, expected time and any of method, url, request, status and host`,
    );
  }
  return formatWith(fields as unknown as LogFields, first);
}

function formatWith(fields: LogFields, first: string): LogFormat {
  return first.trimStart().startsWith("{")
    ? { kind: "json", fields }
    : { kind: "csv", fields, columns: cellsOf(first) };
}

/** The format that the first lines are written in; `undefined`: none that is known. */
export function detectLogFormat(lines: readonly string[]): LogFormat | undefined {
  const candidates = [{ kind: "pattern", pattern: COMBINED } as const, ...fieldFormats(lines)];
  return candidates.find((format) => lines.some((line) => lineReader(format)(line) !== undefined));
}

/** Lines of fields whose names are known. */
function fieldFormats([first = "", ...more]: readonly string[]): readonly LogFormat[] {
  const object = [first, ...more].map(jsonOf).find((value) => value !== undefined);
  const has = object === undefined
    ? (name: string) => cellsOf(first).includes(name)
    : (name: string) => typeof valueOf(object, name) !== "object" && valueOf(object, name) !== undefined;
  const found: Partial<Record<keyof LogFields, string>> = {};
  for (const [key, names] of Object.entries(NAMES)) {
    const name = names.find(has);
    if (name !== undefined) found[key as keyof LogFields] = name;
  }
  const { time, target, request } = found;
  if (time === undefined || (target === undefined && request === undefined)) return [];
  // Method and target say it better than a line of both.
  const { request: _, ...others } = found;
  const fields = (target === undefined ? found : others) as LogFields;
  return [formatWith(fields, object === undefined ? first : "{")];
}

function jsonOf(line: string): unknown {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function valueOf(value: unknown, name: string): unknown {
  if (isRecord(value) && Object.hasOwn(value, name)) return value[name];
  return name.split(".").reduce<unknown>(
    (part, key) => isRecord(part) && Object.hasOwn(part, key) ? part[key] : undefined,
    value,
  );
}
