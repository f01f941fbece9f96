/**
 * The closed list of ways in which a request can fail. A failure is data: an exchange ends with a status or with one
 * of these, never with an exception.
 *
 * @module
 */

interface FailureKind {
  /** Key in the JSON result and in thresholds. */
  readonly name: string;
  /** One phrase for people. */
  readonly text: string;
  /** The server sent a whole, well-formed answer all the same. */
  readonly isAnswered?: true;
  /** The connection that was to be opened never stood. */
  readonly isUnconnected?: true;
  /** There is nobody to connect to: the host, the port or the way there is missing. */
  readonly isAbsent?: true;
  /** Nothing was heard from the other end: it did not respond, or was never asked. */
  readonly isSilent?: true;
}

/** Every kind; its position is its number on the hot path. Position 0 means that nothing failed. */
export const FAILURE_KINDS = [
  { name: "none", text: "No failure", isAnswered: true },
  { name: "dns", text: "Host name not found", isUnconnected: true, isAbsent: true },
  { name: "connection_refused", text: "Connection refused", isUnconnected: true, isAbsent: true },
  { name: "unreachable", text: "Network or host unreachable", isUnconnected: true, isAbsent: true },
  {
    name: "connect_timeout",
    text: "Timed out before the connection was ready",
    isUnconnected: true,
    isAbsent: true,
    isSilent: true,
  },
  {
    name: "too_many_open_files",
    text: "Out of file descriptors on this machine",
    isUnconnected: true,
    isSilent: true,
  },
  { name: "no_local_port", text: "Out of local ports on this machine", isUnconnected: true, isSilent: true },
  { name: "tls_handshake", text: "TLS handshake failed", isUnconnected: true },
  { name: "tls_certificate", text: "Server certificate not trusted", isUnconnected: true },
  { name: "proxy_unreachable", text: "Proxy not reached", isUnconnected: true, isAbsent: true },
  { name: "proxy", text: "Refused by the proxy", isUnconnected: true },
  { name: "proxy_auth", text: "Credentials refused by the proxy", isUnconnected: true },
  {
    name: "target_not_allowed",
    text: "Target not allowed by the worker's owner",
    isUnconnected: true,
    isSilent: true,
  },
  { name: "timeout", text: "Timed out", isSilent: true },
  { name: "connection_reset", text: "Connection reset" },
  { name: "no_response", text: "Connection closed without a response" },
  { name: "truncated", text: "Response cut short" },
  { name: "not_http", text: "Response is not HTTP/1.x" },
  { name: "bad_status_line", text: "Malformed status line" },
  { name: "bad_header", text: "Malformed header field" },
  { name: "head_too_large", text: "Response head too large" },
  { name: "too_many_interim", text: "Too many 1xx responses" },
  { name: "bad_length", text: "Conflicting or malformed Content-Length" },
  { name: "bad_chunk", text: "Malformed chunk" },
  { name: "bad_transfer_coding", text: "Unsupported Transfer-Encoding" },
  { name: "bad_content_coding", text: "Body is not what its Content-Encoding says", isAnswered: true },
  { name: "unexpected_bytes", text: "Bytes after the end of the response" },
  { name: "protocol", text: "Protocol not supported" },
  { name: "http2_protocol", text: "HTTP/2 protocol error by the server" },
  { name: "http2_flood", text: "Flooded with HTTP/2 frames" },
  { name: "stream_reset", text: "Stream reset by the server" },
  { name: "goaway", text: "Connection closed by the server (GOAWAY)" },
  { name: "ws_handshake", text: "WebSocket handshake refused or malformed" },
  { name: "ws_closed", text: "WebSocket closed by the server" },
  { name: "ws_cut", text: "WebSocket ended without a close frame" },
  { name: "ws_protocol", text: "WebSocket rules broken by the server" },
  { name: "ws_utf8", text: "WebSocket text is not UTF-8" },
  { name: "ws_too_large", text: "WebSocket message too large" },
  { name: "ws_flood", text: "Flooded with WebSocket frames" },
  { name: "ws_deflate", text: "WebSocket message is not what its compression says" },
  { name: "grpc_cancelled", text: "gRPC status CANCELLED", isAnswered: true },
  { name: "grpc_unknown", text: "gRPC status UNKNOWN", isAnswered: true },
  { name: "grpc_invalid_argument", text: "gRPC status INVALID_ARGUMENT", isAnswered: true },
  // The server says so, or the time is over here: which of them comes first is chance.
  { name: "grpc_deadline_exceeded", text: "gRPC status DEADLINE_EXCEEDED", isSilent: true },
  { name: "grpc_not_found", text: "gRPC status NOT_FOUND", isAnswered: true },
  { name: "grpc_already_exists", text: "gRPC status ALREADY_EXISTS", isAnswered: true },
  { name: "grpc_permission_denied", text: "gRPC status PERMISSION_DENIED", isAnswered: true },
  { name: "grpc_resource_exhausted", text: "gRPC status RESOURCE_EXHAUSTED", isAnswered: true },
  { name: "grpc_failed_precondition", text: "gRPC status FAILED_PRECONDITION", isAnswered: true },
  { name: "grpc_aborted", text: "gRPC status ABORTED", isAnswered: true },
  { name: "grpc_out_of_range", text: "gRPC status OUT_OF_RANGE", isAnswered: true },
  { name: "grpc_unimplemented", text: "gRPC status UNIMPLEMENTED", isAnswered: true },
  { name: "grpc_internal", text: "gRPC status INTERNAL", isAnswered: true },
  { name: "grpc_unavailable", text: "gRPC status UNAVAILABLE", isAnswered: true },
  { name: "grpc_data_loss", text: "gRPC status DATA_LOSS", isAnswered: true },
  { name: "grpc_unauthenticated", text: "gRPC status UNAUTHENTICATED", isAnswered: true },
  { name: "grpc_no_status", text: "gRPC response without a status" },
  { name: "grpc_content_type", text: "Response is not gRPC" },
  { name: "grpc_cut", text: "gRPC message cut short" },
  { name: "grpc_too_large", text: "gRPC message too large" },
  { name: "grpc_encoding", text: "gRPC message is not what its compression says" },
  { name: "grpc_protocol", text: "gRPC rules broken by the server" },
  { name: "grpc_message", text: "gRPC message is not of the method's type", isAnswered: true },
  { name: "stream_error", text: "The stream held an error", isAnswered: true },
  { name: "stream_empty", text: "The stream held no event", isAnswered: true },
  { name: "stream_coded", text: "The stream is compressed, which hides its events", isAnswered: true },
  { name: "bad_redirect", text: "Redirect to an unusable address", isAnswered: true },
  { name: "too_many_redirects", text: "Too many redirects", isAnswered: true },
  { name: "request_body", text: "Request body could not be read", isSilent: true },
  { name: "other", text: "Other transport failure" },
  { name: "http_status", text: "Error status", isAnswered: true },
  { name: "check", text: "Check failed", isAnswered: true },
  { name: "extract", text: "Value to extract not found", isAnswered: true },
  { name: "unfinished", text: "Still open at the end", isSilent: true },
  { name: "template", text: "Request could not be filled in", isSilent: true },
] as const satisfies readonly FailureKind[];

/** A kind's name. */
export type FailureName = (typeof FAILURE_KINDS)[number]["name"];

/** The numbers of the kinds by name: `FAILURE.timeout`. */
export const FAILURE: Readonly<Record<FailureName, number>> = Object.fromEntries(
  FAILURE_KINDS.map((kind, index) => [kind.name, index]),
) as Record<FailureName, number>;

/** Whether an exchange that ended in this kind had a whole response; if not, its time counts as "at least". */
export const IS_ANSWERED: readonly boolean[] = FAILURE_KINDS.map((kind: FailureKind) =>
  kind.isAnswered ?? false
);

/** Whether an exchange that ended in this kind never had the connection that it tried to open. */
export const IS_UNCONNECTED: readonly boolean[] = FAILURE_KINDS.map((kind: FailureKind) =>
  kind.isUnconnected ?? false
);

/** Whether an exchange that ended in this kind found nobody to connect to. */
export const IS_ABSENT: readonly boolean[] = FAILURE_KINDS.map((kind: FailureKind) => kind.isAbsent ?? false);

/** The same by name. */
export function isAbsent(name: string): boolean {
  return IS_ABSENT[FAILURE[name as FailureName] ?? FAILURE.none] ?? false;
}

/** Names of the kinds that never had a connection. */
const UNCONNECTED_NAMES: readonly string[] = FAILURE_KINDS.filter((kind: FailureKind) => kind.isUnconnected)
  .map((
    { name },
  ) => name);

/** How many of these failures, by name, never had a connection: nothing was sent for them. */
export function unconnectedIn(failures: Readonly<Record<string, number>>): number {
  return UNCONNECTED_NAMES.reduce((sum, name) => sum + (failures[name] ?? 0), 0);
}

/** Whether an exchange that ended in this kind tells nothing about when the other end was last heard. */
export const IS_SILENT: readonly boolean[] = FAILURE_KINDS.map((kind: FailureKind) => kind.isSilent ?? false);

/** What people read in place of what the keys of rules begin with. */
const RULE_WORDS: Readonly<Record<string, string>> = {
  AssertStatus: "Status",
  AssertHeader: "Header",
  AssertBody: "Body",
  AssertBodyRegex: "Body does not match",
  AssertJson: "JSON",
  AssertJsonSchema: "JSON does not fit its schema",
  AssertMaxLatency: "Too slow",
  AssertMessage: "Message",
  AssertClose: "WebSocket",
  ExtractFailure: "Not extracted",
  TemplateError: "Not filled in",
};

/**
 * The phrase for a kind's name, or for the key of a check or an extraction; `found`: what responses held where checks
 * failed, by the check's key.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(failureText("timeout"), "Timed out");
 * assertEquals(failureText("AssertMaxLatency: over 500ms"), "Too slow: over 500ms");
 * ```
 */
export function failureText(name: string, found: Readonly<Record<string, string>> = {}): string {
  const text = FAILURE_KINDS.find((kind) => kind.name === name)?.text ??
    name.replace(/^\w+(?=: )/, (word) => Object.hasOwn(RULE_WORDS, word) ? RULE_WORDS[word]! : word);
  return Object.hasOwn(found, name) ? `${text}, found ${found[name]}` : text;
}

/** Broken rules of which an example is kept. */
const MAX_EXAMPLES = 100;

/** What responses held where checks failed: an example for each, by the check's key, masked by whoever hands it in. */
export class FoundInstead {
  readonly #known = new Set<string>();
  #untold: Record<string, string> = {};

  /** Whether no example is wanted. */
  has(rule: string): boolean {
    return this.#known.has(rule) || this.#known.size >= MAX_EXAMPLES;
  }

  note(rule: string, found: string): void {
    this.#known.add(rule);
    this.#untold[rule] = found;
  }

  /** Hands over what is new. */
  take(): Readonly<Record<string, string>> {
    const taken = this.#untold;
    this.#untold = {};
    return taken;
  }

  clear(): void {
    this.#known.clear();
    this.#untold = {};
  }
}
