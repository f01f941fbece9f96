/**
 * Names what a platform error means for a request.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { Exchange } from "./http_client.ts";

/** The end of a TLS stream that was not announced may be an attack that cuts answers short (RFC 9112, 9.8). */
const IS_CUT_OFF = /without sending TLS close_notify/;

/** How a server says why it ends a handshake. */
const ALERT = /received fatal alert: (\w+)/;

/** The beginning of a detail that names a server's alert. */
const ALERT_SENT = "The server sent the TLS alert ";

/** Texts of platform errors, most telling first. */
const BY_TEXT: readonly (readonly [RegExp, number])[] = [
  [/os error 24\)|too many open files|EMFILE|os error 23\)|ENFILE/i, FAILURE.too_many_open_files],
  [/os error 99\)|cannot assign requested address|EADDRNOTAVAIL/i, FAILURE.no_local_port],
  [/lookup address|name or service not known|nodename nor servname|ENOTFOUND|EAI_/i, FAILURE.dns],
  [/refused|ECONNREFUSED/i, FAILURE.connection_refused],
  [/unreachable|no route to host|EHOSTUNREACH|ENETUNREACH/i, FAILURE.unreachable],
  [IS_CUT_OFF, FAILURE.truncated],
  // What the server says of our certificate, not we of its.
  [/fatal alert|SSL alert|alert number/i, FAILURE.tls_handshake],
  [
    /certificate|UnknownIssuer|NotValidForName|self.signed|CERT_|UNABLE_TO_VERIFY/i,
    FAILURE.tls_certificate,
  ],
  [/tls|ssl|handshake|InvalidContentType|corrupt message|alert/i, FAILURE.tls_handshake],
  // "Not connected" is what a connection is called that was reset before the platform had looked at it.
  [/reset|aborted|broken pipe|EPIPE|ECONNRESET|os error 107\)|ENOTCONN/i, FAILURE.connection_reset],
  [/timed out|ETIMEDOUT/i, FAILURE.timeout],
];

/** The failure kind of a platform error. */
export function failureOf(error: unknown): number {
  const text = error instanceof Error
    ? `${error.name} ${error.message} ${(error as { code?: string }).code ?? ""}`
    : String(error);
  return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? FAILURE.other;
}

/** What a platform error says, for those who ask for details. */
export function detailOf(error: unknown): string {
  const text = messageOf(error);
  const alert = ALERT.exec(text)?.[1];
  if (alert !== undefined) return `${ALERT_SENT}${snakeCase(alert)}`;
  return IS_CUT_OFF.test(text) ? "Connection closed without TLS close_notify" : text;
}

/** `CertificateRequired` as RFC 8446, 6.2 writes it: `certificate_required`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
}

/** Keeps what a platform error says; returns its kind. */
export function noteError(error: unknown, out: Exchange): number {
  const failure = failureOf(error);
  out.failureDetail = detailOf(error);
  return failure === FAILURE.truncated && out.bytesReceived === 0 ? FAILURE.no_response : failure;
}

/** What had come of a response that was given up. */
export function howFar(out: Exchange, hasHead: boolean): string {
  if (hasHead) return `Given up after the head and ${out.bodyBytes} bytes of the body`;
  return out.bytesReceived === 0
    ? "Given up before the first byte of the response"
    : `Given up in the response's head, after ${out.bytesReceived} bytes`;
}
