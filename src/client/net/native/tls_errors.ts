/**
 * Errors of OpenSSL, worded as the platform's own, so that they are told apart in the same way.
 *
 * @module
 */
import type { OpenSsl } from "./openssl.ts";

/** What `SSL_get_error` returns. */
export const SSL_ERROR = { ssl: 1, wantRead: 2, wantWrite: 3, syscall: 5, zeroReturn: 6 } as const;

const REASON = { certificateVerifyFailed: 134, unexpectedEnd: 294, firstAlert: 1000 } as const;

/** Names of alerts (RFC 8446, 6), by number. */
const ALERTS: Readonly<Record<number, string>> = {
  10: "UnexpectedMessage",
  20: "BadRecordMac",
  22: "RecordOverflow",
  40: "HandshakeFailure",
  42: "BadCertificate",
  43: "UnsupportedCertificate",
  44: "CertificateRevoked",
  45: "CertificateExpired",
  46: "CertificateUnknown",
  47: "IllegalParameter",
  48: "UnknownCA",
  49: "AccessDenied",
  50: "DecodeError",
  51: "DecryptError",
  70: "ProtocolVersion",
  71: "InsufficientSecurity",
  80: "InternalError",
  90: "UserCanceled",
  109: "MissingExtension",
  110: "UnsupportedExtension",
  112: "UnrecognisedName",
  116: "CertificateRequired",
  120: "NoApplicationProtocol",
};

/** A stream that ended without saying so. */
export function cutOff(): Error {
  return new Deno.errors.UnexpectedEof("peer closed connection without sending TLS close_notify");
}

/** The first error in OpenSSL's queue, which is emptied. */
export function tlsError(openSsl: OpenSsl, ssl: Deno.PointerObject): Error {
  const code = openSsl.ERR_get_error();
  openSsl.ERR_clear_error();
  const reason = Number(BigInt(code) & 0x7fffffn);
  if (reason === REASON.unexpectedEnd) return cutOff();
  if (reason === REASON.certificateVerifyFailed) {
    const problem = openSsl.X509_verify_cert_error_string(openSsl.SSL_get_verify_result(ssl));
    return new Deno.errors.InvalidData(`invalid peer certificate: ${textAt(problem)}`);
  }
  const alert = ALERTS[reason - REASON.firstAlert];
  if (alert !== undefined) return new Deno.errors.InvalidData(`received fatal alert: ${alert}`);
  return new Deno.errors.InvalidData(
    `TLS handshake failed: ${textAt(openSsl.ERR_reason_error_string(code))}`,
  );
}

function textAt(pointer: Deno.PointerValue): string {
  return pointer === null ? "unknown reason" : new Deno.UnsafePointerView(pointer).getCString();
}
