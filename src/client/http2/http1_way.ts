/**
 * What a user does where a server chose HTTP/1.1: the raw client takes over, beginning with the connection on which the
 * server said so.
 *
 * @module
 */
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { Exchange } from "../exchange/http_client.ts";
import type { ClientDialer } from "../net/dialer.ts";
import type { RequestEncoder } from "../http1/encode_request.ts";
import { RawClient } from "../http1/http1_client.ts";
import type { Socket } from "../net/socket.ts";

/** One user's HTTP/1.1. */
export class Http1Way {
  readonly client: RawClient;
  #lent: { readonly socket: Socket; readonly opening: Exchange } | null = null;

  /** `dialer` must offer HTTP/1.1 alone; `encoder` is shared by all users. */
  constructor(
    spec: ClientSpec,
    dialer: ClientDialer,
    encoder: RequestEncoder,
  ) {
    this.client = new RawClient(spec, {
      expectIgnorers: dialer.expectIgnorers,
      expectRefusers: dialer.expectRefusers,
      dial: (url, out, signal) => this.#takeLent(out) ?? dialer.dial(url, out, signal),
    }, encoder);
  }

  /** Gives it a connection to use first. */
  lend(socket: Socket, opening: Exchange): void {
    this.#lent = { socket, opening };
  }

  /** Closes its connections. */
  close(): void {
    this.#lent?.socket.close();
    this.#lent = null;
    this.client.close();
  }

  #takeLent(out: Exchange): Promise<Socket> | null {
    if (this.#lent === null) return null;
    const { socket, opening } = this.#lent;
    this.#lent = null;
    noteOpening(out, opening);
    return Promise.resolve(socket);
  }
}

/** Counts the opening of a connection for an exchange. */
export function noteOpening(out: Exchange, opening: Exchange): void {
  out.connects += opening.connects;
  out.failedConnects += opening.failedConnects;
  out.fullHandshakes += opening.fullHandshakes;
  out.resumedHandshakes += opening.resumedHandshakes;
  out.address = opening.address;
  out.dnsMs = opening.dnsMs;
  out.connectMs = opening.connectMs;
  out.tlsMs = opening.tlsMs;
}
