/**
 * Options of requests and connections.
 *
 * @module
 */
import { DEFAULT_HEAD_LIMIT_BYTES } from "../../lib/size_limits.ts";
import { byteSize, choice, count, duration, path, text, toggle } from "../../options/option_types.ts";
import { cookie, headerLine, method, userPassword } from "../../options/http_types.ts";
import { defineOptions } from "../../options/option.ts";
import type { ValuesOf } from "../../options/option.ts";
import type { Loose } from "../../lib/json/present.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";

/** The table. */
export const httpOptions = defineOptions({
  method: {
    short: "-m",
    long: "--method",
    type: method,
    group: "Request",
    default: "GET",
    help: "Request method",
  },
  header: {
    short: "-H",
    long: "--header",
    type: headerLine,
    group: "Request",
    repeat: true,
    help: 'Header line "Name: value"; "Name:" leaves a default out, "Name;" sends an empty value',
  },
  body: {
    short: "-b",
    long: "--body",
    type: text("TEXT"),
    group: "Request",
    secret: true,
    help: "Request body; sent with any method",
  },
  postFile: {
    short: "-p",
    long: "--post-file",
    type: path(),
    group: "Request",
    help: "Take the request body from a file, in place of --body",
  },
  basicAuth: {
    short: "-A",
    long: "--basic-auth",
    type: userPassword,
    group: "Request",
    secret: true,
    help: "Basic authentication",
  },
  cookie: {
    short: "-C",
    long: "--cookie",
    type: cookie,
    group: "Request",
    repeat: true,
    secret: true,
    help: "Cookie sent with every request",
  },
  randomParam: {
    short: "-R",
    long: "--random-param",
    type: toggle,
    group: "Request",
    default: false,
    help: "Append a unique _cb=… parameter to each URL, to bypass caches",
  },
  readBody: {
    long: "--read-body",
    negation: "--no-read-body",
    type: toggle,
    group: "Request",
    default: true,
    help:
      "Read responses to the end; otherwise time the headers only and close connections with unread bodies",
  },
  verifyLength: {
    short: "-l",
    long: "--verify-length",
    type: toggle,
    group: "Request",
    default: false,
    help: "Count responses whose length differs from their Content-Length",
  },
  keepalive: {
    short: "-k",
    long: "--keepalive",
    negation: "--no-keepalive",
    type: toggle,
    group: "Connection",
    default: true,
    help: "Reuse connections, or open one per request",
  },
  maxRequestsPerConnection: {
    long: "--max-requests-per-connection",
    type: count({ min: 1 }),
    group: "Connection",
    defaultLabel: "no limit",
    help: "Open a new connection after this many requests; its setup time counts for the next request",
  },
  connectionLifetime: {
    long: "--connection-lifetime",
    type: duration(),
    group: "Connection",
    defaultLabel: "no limit",
    help: "Replace connections older than this, after their current request",
  },
  timeout: {
    long: "--timeout",
    type: duration(),
    group: "Connection",
    default: 30_000,
    help: "Maximum time for a request, connecting included",
  },
  client: {
    long: "--client",
    type: choice(["raw", "fetch"]),
    group: "Connection",
    default: "raw",
    help: "HTTP implementation: bench's own, or Deno's fetch",
  },
  sockets: {
    long: "--sockets",
    type: choice(["auto", "native", "platform"]),
    group: "Connection",
    default: "auto",
    help:
      "Sockets to use: native (libc and OpenSSL, Linux only), Deno's (platform), or native where possible",
  },
  http2: {
    long: "--http2",
    type: toggle,
    group: "Connection",
    default: false,
    help: "Use HTTP/2: negotiated over TLS, with prior knowledge for http: URLs",
  },
  streams: {
    long: "--streams",
    type: count({ min: 1, max: 100_000 }),
    group: "Connection",
    defaultLabel: "1",
    help: "Requests in flight on each HTTP/2 connection; the total is -c times this",
  },
  h2Window: {
    long: "--h2-window",
    type: byteSize({ min: 1, max: 2_147_483_647 }),
    group: "Connection",
    defaultLabel: "16MiB",
    help: "HTTP/2 flow-control window of each stream",
  },
  maxHeaderSize: {
    long: "--max-header-size",
    type: byteSize({ min: 256, max: 16_777_216 }),
    group: "Connection",
    default: DEFAULT_HEAD_LIMIT_BYTES,
    help: "Maximum size of the response headers",
  },
  bodyLimit: {
    long: "--body-limit",
    type: byteSize({ min: 1, max: 268_435_456 }),
    group: "Connection",
    defaultLabel: "1MiB",
    help:
      "How much of a (decoded) response body checks and extraction see; each connection may buffer this much",
  },
  sslVerify: {
    long: "--ssl-verify",
    negation: "--no-ssl-verify",
    type: toggle,
    group: "TLS",
    default: false,
    conflicts: ["insecure"],
    help:
      "Refuse servers with an untrusted certificate; by default, bench warns and sends them no credentials",
  },
  insecure: {
    long: "--insecure",
    type: toggle,
    group: "TLS",
    default: false,
    help: "Trust any certificate, and send credentials to such servers",
  },
  caBundle: {
    long: "--ca-bundle",
    type: path(),
    group: "TLS",
    help: "Also trust the certificates in this PEM file",
  },
});

/** What the table yields. */
export type HttpValues = ValuesOf<typeof httpOptions>;

/** The settings of clients that these options make. */
export function httpSettings(values: HttpValues) {
  return {
    kind: values.client,
    sockets: values.sockets === "auto" ? undefined : values.sockets,
    keepAlive: values.keepalive,
    maxRequestsPerConnection: values.maxRequestsPerConnection,
    connectionLifetimeMs: values.connectionLifetime,
    timeoutMs: values.timeout,
    maxHeaderBytes: values.maxHeaderSize,
    maxBodyBytes: values.bodyLimit,
    leavesBody: values.readBody ? undefined : true,
    verifyLength: values.verifyLength,
    http2: values.http2,
    streams: values.streams,
    h2WindowBytes: values.h2Window,
  } satisfies Loose<Partial<ClientSpec>>;
}

/** Whether a body was given; an empty text is none. */
export function hasBody(values: Pick<HttpValues, "body" | "postFile">): boolean {
  return values.postFile !== undefined || (values.body ?? "") !== "";
}

/** Checks that need several values, among them what the platform's `fetch` refuses to send. */
export function checkHttpOptions(values: HttpValues): readonly string[] {
  const problems: string[] = [];
  if (!values.http2) {
    if (values.streams !== undefined) problems.push("--streams needs --http2");
    if (values.h2Window !== undefined) problems.push("--h2-window needs --http2");
  }
  if (!values.keepalive && (values.streams ?? 1) > 1) {
    problems.push(`--streams ${values.streams} shares connections, which --no-keepalive forbids`);
  }
  if (!values.keepalive && (values.maxRequestsPerConnection ?? values.connectionLifetime) !== undefined) {
    const flag = values.maxRequestsPerConnection === undefined
      ? "--connection-lifetime"
      : "--max-requests-per-connection";
    problems.push(`${flag} cannot be used with --no-keepalive: each connection carries one request`);
  }
  if (!values.readBody) {
    if (values.http2) problems.push("--no-read-body needs HTTP/1.1: leave out --http2");
    if (values.client === "fetch") {
      problems.push("--client fetch cannot leave bodies unread: use --client raw");
    }
    if (values.verifyLength) problems.push("--verify-length needs the bodies that --no-read-body leaves");
  }
  if (values.client !== "fetch") return problems;
  if (values.sockets === "native") {
    problems.push("--client fetch uses the platform's sockets: --sockets native needs --client raw");
  }
  if (/^(?:CONNECT|TRACE|TRACK)$/.test(values.method)) {
    problems.push(`--client fetch cannot send ${values.method} requests: use --client raw`);
  }
  if (/^(?:GET|HEAD)$/.test(values.method) && hasBody(values)) {
    problems.push(
      `--client fetch cannot send a body with ${values.method}: use --client raw, or another --method`,
    );
  }
  if (values.maxHeaderSize !== httpOptions.maxHeaderSize.default) {
    problems.push("--client fetch cannot limit the size of headers: --max-header-size needs --client raw");
  }
  const foreign = values.header.find(([, value]) => /[^\0-\xff]/.test(value));
  if (foreign) {
    problems.push(`--client fetch cannot send the header "${foreign[0]}": its value is not Latin-1`);
  }
  return problems;
}
