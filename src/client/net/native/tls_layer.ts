/**
 * TLS by OpenSSL on a native socket.
 *
 * @module
 */
import { isIpAddress } from "../../../lib/net/ip_address.ts";
import { NOTHING_YET } from "../socket.ts";
import type { TlsEndpoint } from "../transport.ts";
import { errorOf } from "./errno.ts";
import type { Layer, Reading } from "./layer.ts";
import { errnoOf } from "./libc.ts";
import type { OpenSsl } from "./openssl.ts";
import type { Poller } from "./poller.ts";
import { cutOff, SSL_ERROR, tlsError } from "./tls_errors.ts";
import type { TlsSessions } from "./tls_sessions.ts";

const SET_SERVER_NAME = 55;
/** No `f*.example.org`, and no names outside of the list of names. */
const HOST_FLAGS = 0x4 | 0x20;
/** Where names lie in the poller's memory. */
const TEXT_AT = 1024;
const ALPN_AT = 2048;

/** Of the bytes that OpenSSL reads ahead at most: less than these, with none held before, were all there was. */
const FEW_BYTES = 17_408;
/** What a record takes besides its content. */
const RECORD_BYTES = 64;

/** A TLS stream. */
export class TlsLayer implements Layer {
  hasMore = true;
  readonly #openSsl: OpenSsl;
  readonly #poller: Poller;
  #ssl: Deno.PointerObject | null;
  #isBroken = false;
  /** Where it takes a session from and leaves one; `null`: it takes no part in resumption. */
  #sessions: TlsSessions | null = null;
  #server = "";
  #offered: Deno.PointerObject | null = null;
  #isOpen = false;
  /**
   * OpenSSL may hold bytes of an earlier call, such as a part of a record. Then it does not read ahead as far as it could:
   * few bytes do not mean that the socket has no more, and there would be no further event for those.
   */
  #mayHold = true;

  constructor(
    { openSsl, poller }: { readonly openSsl: OpenSsl; readonly poller: Poller },
    context: Deno.PointerObject,
    fd: number,
  ) {
    this.#openSsl = openSsl;
    this.#poller = poller;
    this.#ssl = openSsl.SSL_new(context);
    if (this.#ssl === null || openSsl.SSL_set_fd(this.#ssl, fd) !== 1) {
      throw new Error("TLS handshake failed: OpenSSL could not create a connection");
    }
  }

  /** Says which server is wanted, and expected. */
  expect({ serverName }: Pick<TlsEndpoint, "serverName">): void {
    const { scratch } = this.#poller;
    const { written } = new TextEncoder().encodeInto(
      serverName,
      scratch.bytes.subarray(TEXT_AT, ALPN_AT - 1),
    );
    scratch.bytes[TEXT_AT + written] = 0;
    const name = scratch.at(TEXT_AT);
    const ssl = this.#ssl;
    if (isIpAddress(serverName)) {
      // Addresses are not sent as names (RFC 6066, 3).
      this.#openSsl.X509_VERIFY_PARAM_set1_ip_asc(this.#openSsl.SSL_get0_param(ssl), name);
      return;
    }
    this.#openSsl.SSL_ctrl(ssl, SET_SERVER_NAME, 0n, name);
    this.#openSsl.SSL_set_hostflags(ssl, HOST_FLAGS);
    this.#openSsl.SSL_set1_host(ssl, name);
  }

  /** Resumes a session of a server, if there is one, and leaves one for the next connection to it. */
  resume(sessions: TlsSessions, server: string): void {
    this.#sessions = sessions;
    this.#server = server;
    this.#offered = sessions.offer(this.#openSsl, this.#ssl!, server);
  }

  /** Whether the handshake resumed a session. */
  isResumed(): boolean {
    return this.#openSsl.SSL_session_reused(this.#ssl) === 1;
  }

  /** Goes on with the handshake; `false`: it waits for the other end. @throws {Error} when it has failed. */
  shakeHands(): boolean {
    // It may have been closed since the event that this was waited for.
    if (this.#ssl === null) throw new Deno.errors.BadResource("Connection closed");
    const result = this.#openSsl.SSL_connect(this.#ssl);
    if (result === 1) return this.#isOpen = true;
    this.#judge(result);
    return false;
  }

  /** The protocol that the server chose. */
  alpnProtocol(): string | null {
    const { scratch } = this.#poller;
    this.#openSsl.SSL_get0_alpn_selected(this.#ssl, scratch.at(ALPN_AT), scratch.at(ALPN_AT + 8));
    const length = scratch.view.getUint32(ALPN_AT + 8, true);
    const address = scratch.view.getBigUint64(ALPN_AT, true);
    if (length === 0 || address === 0n) return null;
    const bytes = new Uint8Array(length);
    new Deno.UnsafePointerView(Deno.UnsafePointer.create(address)!).copyInto(bytes);
    return new TextDecoder().decode(bytes);
  }

  receive(into: Deno.PointerObject, most: number, reading: Reading): number | null {
    const openSsl = this.#openSsl;
    if (reading === "peek") {
      const got = openSsl.SSL_peek(this.#ssl, into, most);
      this.hasMore = this.#mayHold = true;
      return got > 0 ? got : this.#judge(got);
    }
    let total = 0;
    let records = 0;
    while (true) {
      // Bytes that nobody wants may lie on top of each other.
      const at = total === 0 || reading === "discard" ? into : Deno.UnsafePointer.offset(into, total);
      const got = openSsl.SSL_read(this.#ssl, at, most - total);
      if (got <= 0) {
        if (total === 0) return this.#judge(got);
        // Whatever it is, the next read finds it again.
        this.hasMore = this.#mayHold = true;
        openSsl.ERR_clear_error();
        return total;
      }
      total += got;
      records++;
      const isLeft = openSsl.SSL_has_pending(this.#ssl) === 1;
      if (isLeft && total < most) continue;
      const isFull = isLeft || total === most;
      this.hasMore = isFull || this.#mayHold || total + records * RECORD_BYTES >= FEW_BYTES;
      this.#mayHold = isFull;
      return total;
    }
  }

  send(from: Deno.PointerObject, count: number): number {
    const sent = this.#openSsl.SSL_write(this.#ssl, from, count);
    return sent > 0 ? sent : this.#judge(sent) ?? NOTHING_YET;
  }

  close(): void {
    if (this.#ssl === null) return;
    const openSsl = this.#openSsl;
    const used = this.#offered;
    if (!this.#isBroken) {
      openSsl.SSL_shutdown(this.#ssl);
      // A connection that was not closed properly leaves no session.
      if (this.#isOpen) this.#sessions?.keep(openSsl, this.#ssl, { server: this.#server, used });
    }
    if (used !== null) openSsl.SSL_SESSION_free(used);
    openSsl.SSL_free(this.#ssl);
    this.#openSsl.ERR_clear_error();
    this.#ssl = null;
  }

  /** What a result of 0 or less means: nothing yet, or the end. @throws {Error} when the connection has failed. */
  #judge(result: number): number | null {
    const { libc } = this.#poller;
    // Before anything else can change it.
    const errno = errnoOf(libc);
    const ssl = this.#ssl!;
    const kind = this.#openSsl.SSL_get_error(ssl, result);
    if (kind === SSL_ERROR.wantRead || kind === SSL_ERROR.wantWrite) {
      this.hasMore = false;
      this.#mayHold = this.#openSsl.SSL_has_pending(ssl) === 1;
      return NOTHING_YET;
    }
    if (kind === SSL_ERROR.zeroReturn) {
      this.hasMore = true;
      return null;
    }
    this.#isBroken = true;
    if (kind !== SSL_ERROR.syscall) throw tlsError(this.#openSsl, ssl);
    this.#openSsl.ERR_clear_error();
    throw errno === 0 ? cutOff() : errorOf(libc, errno);
  }
}
