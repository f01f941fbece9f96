/**
 * Lines of access logs as requests.
 *
 * @module
 */
import type { LogFields, LogFormat } from "../../plan/replay_step.ts";
import { logTimeOf } from "./log_time.ts";

/** A request as it was recorded. */
export interface LoggedLine {
  /** In ms since 1970. */
  readonly timeMs: number;
  readonly method: string;
  /** Path and query, or an absolute URL. */
  readonly target: string;
  /** 0: not recorded. */
  readonly status: number;
  /** Empty: not recorded. */
  readonly host: string;
}

/** Reads a line; `undefined`: it is no request that can be sent. */
export type LineReader = (line: string) => LoggedLine | undefined;

/** The reader of a format. Times that repeat are read once. */
export function lineReader(format: LogFormat): LineReader {
  const pick = pickerOf(format);
  let lastText = "";
  let lastMs: number | undefined;
  return (line) => {
    const found = pick(line);
    if (found === undefined) return undefined;
    const { time = "", request, status = "", host = "" } = found;
    if (time !== lastText) {
      lastText = time;
      lastMs = logTimeOf(time);
    }
    if (lastMs === undefined) return undefined;
    const [method = "GET", written = ""] = request === undefined
      ? [found.method, found.target]
      : request.split(" ", 2);
    const target = written.includes("\\") ? withoutBackslashes(written, format.kind === "pattern") : written;
    const name = method.toUpperCase();
    if (!/^[A-Z][A-Z_-]*$/.test(name) || name === "CONNECT" || !/^(?:\/|https?:\/\/)/i.test(target)) {
      return undefined;
    }
    return {
      timeMs: lastMs,
      method: name,
      target,
      status: /^[1-5]\d\d$/.test(status) ? Number(status) : 0,
      host: host === "-" ? "" : host,
    };
  };
}

/** What servers write for characters that have a letter of their own. */
const LETTERS: Readonly<Record<string, string>> = {
  b: "08",
  t: "09",
  n: "0A",
  v: "0B",
  r: "0D",
  '"': "22",
  "\\": "5C",
};

/** A target whose backslashes would be read as slashes; in plain logs they are escapes, such as `\xc3` for a byte. */
function withoutBackslashes(target: string, isEscaped: boolean): string {
  const plain = isEscaped
    ? target.replace(
      /\\(?:x([\dA-Fa-f]{2})|([btnvr"\\]))/g,
      (_, hex: string | undefined, letter: string) => `%${hex?.toUpperCase() ?? LETTERS[letter]}`,
    )
    : target;
  return plain.replaceAll("\\", "%5C");
}

/** The parts of a line, as texts. */
type Parts = Partial<Record<keyof LogFields, string | undefined>>;

function pickerOf(format: LogFormat): (line: string) => Parts | undefined {
  switch (format.kind) {
    case "pattern": {
      const pattern = new RegExp(format.pattern);
      return (line) => pattern.exec(line)?.groups;
    }
    case "json":
      return (line) => {
        try {
          const value: unknown = JSON.parse(line);
          return partsOf(format.fields, (name) => valueAt(value, name));
        } catch {
          return undefined;
        }
      };
    case "csv": {
      const positions = new Map(format.columns.map((name, at) => [name, at]));
      return (line) => {
        const cells = cellsOf(line);
        return partsOf(format.fields, (name) => cells[positions.get(name) ?? -1]);
      };
    }
  }
}

function partsOf(fields: LogFields, read: (name: string) => unknown): Parts {
  const parts: Record<string, string | undefined> = {};
  for (const [key, name] of Object.entries(fields)) {
    const value = read(name as string);
    parts[key] = value === undefined || value === null ? undefined : String(value);
  }
  return parts;
}

function valueAt(value: unknown, name: string): unknown {
  let found = value;
  for (const key of name.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) {
      // A name may itself hold a dot.
      return typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined;
    }
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

/** The cells of a row of CSV; a quoted one does not span lines. */
export function cellsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(",").map((cell) => cell.trim());
  return [...line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?=,|$)/g)].map(([, inQuotes, plain]) =>
    inQuotes === undefined ? (plain ?? "").trim() : inQuotes.replaceAll('""', '"')
  );
}
