/**
 * What all TLS connections of a thread share: roots, client certificate, versions, and what is offered. Made once.
 *
 * @module
 */
import { nodeModule } from "../../../lib/node_modules.ts";
import type { TlsSpec } from "../../../plan/client_spec.ts";
import { MIN_PINNED_BYTES, pinMemory } from "./memory.ts";
import { loadOpenSsl, type OpenSsl } from "./openssl.ts";
import { freeSessions } from "./tls_sessions.ts";

const CONTROL = { mode: 33, readAhead: 41, chainCertificate: 89, minVersion: 123, maxVersion: 124 } as const;
/** Writes may be partial, and repeated from elsewhere; idle connections keep no buffers. */
const MODES = 1 | 2 | 0x10;
const VERIFY = { none: 0, peer: 1 } as const;
const VERSIONS = { "1.2": 0x303, "1.3": 0x304 } as const;
/** Two records a read: more of them leave the cache before they are looked at. */
const READ_AHEAD_BYTES = 34_816;

const encoder = new TextEncoder();

/** All that this thread has made. */
const made: Deno.PointerObject[] = [];

/** Frees the contexts of this thread, which makes no more connections. */
export function freeTlsContexts(): void {
  freeSessions();
  for (const context of made.splice(0)) loadOpenSsl()?.SSL_CTX_free(context);
}

/** Makes a context, for as long as the thread connects. @throws {Error} when a certificate or key is unusable. */
export function createTlsContext(
  openSsl: OpenSsl,
  tls: TlsSpec,
  alpnProtocols: readonly string[],
): Deno.PointerObject {
  const context = openSsl.SSL_CTX_new(openSsl.TLS_client_method());
  if (context === null) throw new Error("OpenSSL could not create a TLS context");
  made.push(context);
  const control = (command: number, value: number) =>
    openSsl.SSL_CTX_ctrl(context, command, BigInt(value), null);
  control(CONTROL.mode, MODES);
  control(CONTROL.readAhead, 1);
  openSsl.SSL_CTX_set_default_read_buffer_len(context, BigInt(READ_AHEAD_BYTES));
  control(CONTROL.minVersion, VERSIONS[tls.minVersion ?? "1.2"]);
  if (tls.maxVersion !== undefined) control(CONTROL.maxVersion, VERSIONS[tls.maxVersion]);
  const offer = Uint8Array.from(
    alpnProtocols.flatMap((name) => [name.length, ...encoder.encode(name)]),
  );
  const memory = pinMemory(offer.length);
  memory.bytes.set(offer);
  openSsl.SSL_CTX_set_alpn_protos(context, memory.pointer, offer.length);
  openSsl.SSL_CTX_set_verify(context, tls.verify ? VERIFY.peer : VERIFY.none, null);
  if (tls.verify) addRoots(openSsl, context, [...nodeModule("node:tls").rootCertificates, ...tls.caCerts]);
  if (tls.cert !== undefined && tls.key !== undefined) {
    useCertificate(openSsl, context, { cert: tls.cert, key: tls.key });
  }
  openSsl.ERR_clear_error();
  return context;
}

function addRoots(openSsl: OpenSsl, context: Deno.PointerObject, pems: readonly string[]): void {
  const store = openSsl.SSL_CTX_get_cert_store(context);
  for (const certificate of certificatesIn(openSsl, pems.join("\n"))) {
    openSsl.X509_STORE_add_cert(store, certificate);
    openSsl.X509_free(certificate);
  }
}

function useCertificate(
  openSsl: OpenSsl,
  context: Deno.PointerObject,
  { cert, key }: { readonly cert: string; readonly key: string },
): void {
  const [own, ...chain] = certificatesIn(openSsl, cert);
  const pair = withText(openSsl, key, (bio) => openSsl.PEM_read_bio_PrivateKey(bio, null, null, null));
  const isUsed = own !== undefined && pair !== null &&
    openSsl.SSL_CTX_use_certificate(context, own) === 1 &&
    openSsl.SSL_CTX_use_PrivateKey(context, pair) === 1;
  // Certificates are counted: the context keeps its own.
  for (const certificate of chain) openSsl.SSL_CTX_ctrl(context, CONTROL.chainCertificate, 1n, certificate);
  for (const certificate of [own, ...chain]) if (certificate) openSsl.X509_free(certificate);
  openSsl.EVP_PKEY_free(pair);
  if (!isUsed) throw new Error("The client certificate and its key cannot be used: tls handshake impossible");
}

/** The certificates of a PEM text, each for the caller to free. */
function certificatesIn(openSsl: OpenSsl, pem: string): Deno.PointerObject[] {
  return withText(openSsl, pem, (bio) => {
    const found: Deno.PointerObject[] = [];
    for (;;) {
      const certificate = openSsl.PEM_read_bio_X509(bio, null, null, null);
      if (certificate === null) break;
      found.push(certificate);
    }
    return found;
  });
}

function copyOf(text: string) {
  const coded = encoder.encode(text);
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(coded.length, MIN_PINNED_BYTES)));
  bytes.set(coded);
  coded.fill(0);
  return { bytes, pointer: Deno.UnsafePointer.of(bytes), length: coded.length };
}

/** Hands a text to OpenSSL for the length of a call. */
function withText<T>(openSsl: OpenSsl, text: string, read: (bio: Deno.PointerValue) => T): T {
  const { bytes, pointer, length } = copyOf(text);
  const bio = openSsl.BIO_new_mem_buf(pointer, length);
  try {
    return read(bio);
  } finally {
    openSsl.BIO_free(bio);
    // It may be a key; and until here the collector leaves it alone.
    bytes.fill(0);
  }
}
