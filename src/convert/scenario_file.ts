/**
 * The scenario file as the importers write it: keys, their order and what is left away. Reading and checking such
 * files is left to `src/scenario`.
 *
 * @module
 */
import { MAX_SCENARIO_CHARS, MAX_SCENARIO_VALUES } from "../lib/size_limits.ts";
import { utf8Text } from "../lib/utf8_text.ts";
import { escapeJson } from "../lib/escape.ts";
import { requestTarget } from "../lib/net/request_target.ts";
import { maskUrl } from "../lib/mask_url.ts";
import type { HeaderLine } from "../plan/http_step.ts";

/** A body in a scenario file: text as it is sent, or bytes that are no text in base64. At most one key is present. */
export interface FileBody {
  readonly body?: string;
  readonly body_base64?: string;
}

/** Header fields by name, in the order of their first lines. */
export type FileHeaders = Readonly<Record<string, string | readonly string[] | null>>;

/** A part of a multipart form: a text, or a file beside the scenario. */
export type FilePart = FileScalar | { readonly file: string; readonly type?: string };
/** A value of a form. */
export type FileScalar = string | number | boolean;

/** Fields of a form by name; a list stands for several of one name. */
export type FileFields<Value> = Readonly<Record<string, Value | readonly Value[]>>;

/** One step of a scenario file. Keys are written in the order in which they stand here. */
export interface FileStep extends FileBody {
  readonly name: string;
  /** Path and query on the scenario's `base_url`, or an absolute URL on another host. */
  readonly path: string;
  readonly method: string;
  /** A list stands for several lines of one name; null takes a header away that every request has. */
  readonly headers?: FileHeaders;
  /** In place of a body, with the header field that belongs to it. */
  readonly form?: FileFields<FileScalar>;
  readonly multipart?: FileFields<FilePart>;
  readonly assert_status?: number;
  /** JSON paths of what is taken out of the response, by the names of variables. */
  readonly extract?: Readonly<Record<string, { readonly json: string }>>;
  /** Pause after this step, in seconds. */
  readonly think_time?: number;
}

/** What is done on a WebSocket. */
export type FileAction =
  | { readonly send: string }
  | { readonly send_base64: string }
  | { readonly expect: string }
  | { readonly hold: string };

/** A step that talks on a WebSocket. */
export interface FileSocketStep {
  readonly name: string;
  /** Path and query on the scenario's `base_url`, or a `ws:` or `wss:` URL on another host. */
  readonly ws: string;
  readonly headers?: FileHeaders;
  readonly subprotocols?: readonly string[];
  readonly actions: readonly FileAction[];
  readonly think_time?: number;
}

/** A scenario file. */
export interface ScenarioFile<Step = FileStep> {
  readonly name: string;
  /** Origin of the steps whose path is not absolute: `https://shop.test:8443`. */
  readonly base_url: string;
  /** Pause after steps that name none, in seconds. */
  readonly think_time: number;
  readonly steps: readonly Step[];
}

/**
 * A scenario file's text: JSON with an indent of two and a final newline.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = scenarioText({ name: "a", base_url: "http://a.test", think_time: 0, steps: [] });
 * assertEquals(text.split("\n")[1], '  "name": "a",');
 * ```
 */
export function scenarioText(file: ScenarioFile<FileStep | FileSocketStep>): string {
  const steps = file.steps.map((step) =>
    "ws" in step ? socketKeys(step) : {
      name: step.name,
      path: rootedPath(step.path),
      method: step.method,
      headers: step.headers,
      body: step.body,
      body_base64: step.body_base64,
      form: step.form,
      multipart: step.multipart,
      assert_status: step.assert_status,
      extract: step.extract,
      think_time: step.think_time,
    }
  );
  const ordered = { name: file.name, base_url: file.base_url, think_time: file.think_time, steps };
  return `${escapeJson(JSON.stringify(ordered, null, 2))}\n`;
}

function socketKeys(
  { name, ws, headers, subprotocols, actions, think_time }: FileSocketStep,
): Readonly<Record<string, unknown>> {
  return { name, ws, headers, subprotocols, actions, think_time };
}

/** A step's path as it is resolved on the base URL: one of two slashes would name a host. */
export function rootedPath(path: string): string {
  return path.startsWith("//") ? `/.${path}` : path;
}

/**
 * The keys for a body. Text that holds a `${` is written in base64 too: a scenario would take it for a placeholder,
 * and the recorded bytes must be sent.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(fileBody("a=1"), { body: "a=1" });
 * assertEquals(fileBody("${a}"), { body_base64: "JHthfQ==" });
 * assertEquals(fileBody(Uint8Array.of(0xff)), { body_base64: "/w==" });
 * ```
 */
export function fileBody(content: string | Uint8Array): FileBody {
  if (typeof content !== "string") {
    const text = utf8Text(content);
    return text === undefined ? { body_base64: content.toBase64() } : fileBody(text);
  }
  return content.includes("${")
    ? { body_base64: new TextEncoder().encode(content).toBase64() }
    : { body: content };
}

/** Whether a scenario file, as `scenarioText` writes it, is larger than what a run reads. */
export function isTooLarge(text: string): boolean {
  if (text.length > MAX_SCENARIO_CHARS) return true;
  // Each value but the outermost begins on a line of its own; the other lines only close one.
  const values = 1 + (text.match(/\n *[^ }\]]/g) ?? []).length;
  return values > MAX_SCENARIO_VALUES;
}

/** As {@linkcode headerLists}, but with all cookies in one line, as RFC 6265 section 5.4 asks of clients. */
export function headerObject(headers: readonly HeaderLine[]): FileHeaders {
  const isCookie = ([name]: HeaderLine) => name.toLowerCase() === "cookie";
  const cookies = headers.filter(isCookie).map(([, value]) => value).join("; ");
  const first = headers.findIndex(isCookie);
  return headerLists(
    headers.flatMap((header, at): HeaderLine[] =>
      at === first ? [[header[0], cookies]] : isCookie(header) ? [] : [header]
    ),
  );
}

/**
 * A header list as an object in which lines of one name stay lines of their own.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(headerLists([["X-A", "1"], ["B", "2"], ["x-a", "3"]]), { "X-A": ["1", "3"], B: "2" });
 * ```
 */
export function headerLists(headers: readonly HeaderLine[]): FileHeaders {
  const groups = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return Object.fromEntries(
    groups.values().map((lines) => {
      const values = lines.map(([, value]) => value);
      return [lines[0]![0], values.length === 1 ? values[0]! : values];
    }),
  );
}

/**
 * The name of a step: method and target. Values of query parameters that look like credentials are masked, since
 * names show up in every report, and the length is limited.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(stepName("GET", "/items?token=abc&page=2"), "GET /items?token=***&page=2");
 * ```
 */
export function stepName(method: string, target: string): string {
  const name = `${method} ${maskUrl(target)}`;
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}

const MAX_NAME = 200;

/** Path and query of a URL as a scenario file holds them: no fragment, and nothing that looks like a placeholder. */
export function pathAndQuery(url: URL): string {
  return inert(`${requestTarget(url)}`);
}

/** A part of a URL in which nothing looks like a placeholder; it means the same to a server. */
export function inert(urlText: string): string {
  return urlText.replaceAll("${", "$%7B");
}
