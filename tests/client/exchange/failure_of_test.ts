/** Which failure an error of the platform is counted as. */
import { assertEquals } from "@std/assert";
import { failureOf } from "../../../src/client/exchange/failure_of.ts";
import { FAILURE_KINDS, type FailureName } from "../../../src/metrics/failure.ts";

/** Messages as the platform gives them, and what they mean for a request. */
const MESSAGES: readonly (readonly [message: string, kind: FailureName])[] = [
  ["Too many open files (os error 24)", "too_many_open_files"],
  ["Cannot assign requested address (os error 99)", "no_local_port"],
  ["failed to lookup address information: Name or service not known", "dns"],
  ["Connection refused (os error 111)", "connection_refused"],
  ["Network is unreachable (os error 101)", "unreachable"],
  ["No route to host (os error 113)", "unreachable"],
  ["received fatal alert: CertificateRequired", "tls_handshake"],
  ["invalid peer certificate: UnknownIssuer", "tls_certificate"],
  ["received corrupt message of type InvalidContentType", "tls_handshake"],
  ["TLS handshake failed: unexpected end of file", "tls_handshake"],
  ["peer closed connection without sending TLS close_notify: https://docs.rs/rustls", "truncated"],
  ["Connection reset by peer (os error 104)", "connection_reset"],
  ["Broken pipe (os error 32)", "connection_reset"],
  ["Transport endpoint is not connected (os error 107)", "connection_reset"],
  ["Connection timed out (os error 110)", "timeout"],
  ["something that nobody has seen", "other"],
];

for (const [message, kind] of MESSAGES) {
  Deno.test(`failureOf() takes "${message}" for ${kind}`, () => {
    assertEquals(FAILURE_KINDS[failureOf(new Error(message))]!.name, kind);
  });
}
