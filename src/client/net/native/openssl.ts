/**
 * OpenSSL 3 by its plain names, from where the system looks.
 *
 * @module
 */

const SSL_SYMBOLS = {
  TLS_client_method: { parameters: [], result: "pointer" },
  SSL_CTX_new: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_free: { parameters: ["pointer"], result: "void" },
  SSL_CTX_ctrl: { parameters: ["pointer", "i32", "i64", "pointer"], result: "i64" },
  SSL_CTX_set_verify: { parameters: ["pointer", "i32", "pointer"], result: "void" },
  SSL_CTX_get_cert_store: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_set_alpn_protos: { parameters: ["pointer", "pointer", "u32"], result: "i32" },
  SSL_CTX_set_default_read_buffer_len: { parameters: ["pointer", "usize"], result: "void" },
  SSL_CTX_use_certificate: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_use_PrivateKey: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_new: { parameters: ["pointer"], result: "pointer" },
  SSL_free: { parameters: ["pointer"], result: "void" },
  SSL_ctrl: { parameters: ["pointer", "i32", "i64", "pointer"], result: "i64" },
  SSL_set_fd: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_set1_host: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_set_hostflags: { parameters: ["pointer", "u32"], result: "void" },
  SSL_get0_param: { parameters: ["pointer"], result: "pointer" },
  SSL_connect: { parameters: ["pointer"], result: "i32" },
  SSL_read: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  SSL_peek: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  SSL_write: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  SSL_has_pending: { parameters: ["pointer"], result: "i32" },
  SSL_set_session: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_get1_session: { parameters: ["pointer"], result: "pointer" },
  SSL_session_reused: { parameters: ["pointer"], result: "i32" },
  SSL_SESSION_free: { parameters: ["pointer"], result: "void" },
  SSL_SESSION_is_resumable: { parameters: ["pointer"], result: "i32" },
  SSL_version: { parameters: ["pointer"], result: "i32" },
  SSL_shutdown: { parameters: ["pointer"], result: "i32" },
  SSL_get_error: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_get_verify_result: { parameters: ["pointer"], result: "i64" },
  SSL_get0_alpn_selected: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

const CRYPTO_SYMBOLS = {
  OPENSSL_version_major: { parameters: [], result: "u32" },
  OpenSSL_version: { parameters: ["i32"], result: "pointer" },
  OpenSSL_version_num: { parameters: [], result: "u64" },
  BIO_new_mem_buf: { parameters: ["pointer", "i32"], result: "pointer" },
  BIO_free: { parameters: ["pointer"], result: "i32" },
  PEM_read_bio_X509: { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "pointer" },
  PEM_read_bio_PrivateKey: { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "pointer" },
  X509_free: { parameters: ["pointer"], result: "void" },
  EVP_PKEY_free: { parameters: ["pointer"], result: "void" },
  X509_STORE_add_cert: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_VERIFY_PARAM_set1_ip_asc: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_verify_cert_error_string: { parameters: ["i64"], result: "pointer" },
  ERR_get_error: { parameters: [], result: "u64" },
  ERR_clear_error: { parameters: [], result: "void" },
  ERR_reason_error_string: { parameters: ["u64"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions in use. */
export type OpenSsl =
  & Deno.DynamicLibrary<typeof SSL_SYMBOLS>["symbols"]
  & Deno.DynamicLibrary<typeof CRYPTO_SYMBOLS>["symbols"];

let openSsl: OpenSsl | null | undefined;

/** The library; `null` where it is absent, or of another major version. The program may use libraries. */
export function loadOpenSsl(): OpenSsl | null {
  return openSsl === undefined ? openSsl = openLibrary() : openSsl;
}

/** Its name, version and date, such as `OpenSSL 3.0.17 1 Jul 2025`; `undefined` where there is none to be used. */
export function openSslVersion(): string | undefined {
  const text = loadOpenSsl()?.OpenSSL_version(0) ?? null;
  return text === null ? undefined : new Deno.UnsafePointerView(text).getCString();
}

/**
 * The number of the version that this thread has made TLS with; 0: it looked for one and there is none; `undefined`: it
 * has made no TLS.
 */
export function openSslInUse(): number | undefined {
  return openSsl === undefined ? undefined : Number(openSsl?.OpenSSL_version_num() ?? 0);
}

function openLibrary(): OpenSsl | null {
  try {
    const crypto = Deno.dlopen("libcrypto.so.3", CRYPTO_SYMBOLS).symbols;
    if (crypto.OPENSSL_version_major() !== 3) return null;
    return { ...Deno.dlopen("libssl.so.3", SSL_SYMBOLS).symbols, ...crypto };
  } catch {
    return null; // Not here.
  }
}
