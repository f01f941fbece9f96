/**
 * WebSocket over HTTP/2 (RFC 8441): an extended CONNECT opens a stream of a connection that others use, too.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import { HTTP_2 } from "../../metrics/protocols.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { Exchange, PreparedRequest } from "../exchange/http_client.ts";
import type { Connection } from "../http2/connection.ts";
import { ConnectionGroup, type Waiter } from "../http2/connection_group.ts";
import { noteOpening } from "../http2/http1_way.ts";
import { TunnelSocket } from "../http2/tunnel_socket.ts";
import type { Dialer } from "../net/dialer.ts";
import type { Socket } from "../net/socket.ts";
import { agreedIn, type Handshake, type HandshakeWish, protocolFields } from "./handshake.ts";

/** Where the tunnels of some sockets lead. */
export type TunnelGroup = ConnectionGroup;

/** Connections that some sockets share. */
export function newTunnelGroup(spec: ClientSpec, dialer: Pick<Dialer, "dial">): TunnelGroup {
  const group = new ConnectionGroup({ spec, dialer, http1Origins: new Set() });
  group.join();
  return group;
}

/** Opens a tunnel. `null`: it could not be, and `out` says why; an abort says nothing there. */
export async function openTunnel(
  group: TunnelGroup,
  { wish, signal }: { readonly wish: HandshakeWish; readonly signal: AbortSignal },
  out: Exchange,
): Promise<{ readonly socket: Socket; readonly handshake: Handshake } | null> {
  const connection = await findConnection(group, { wish, signal }, out);
  if (connection === null || signal.aborted) return null;
  out.protocol = HTTP_2;
  out.address = connection.address;
  await new Promise<void>((resolve) => connection.whenReady(resolve));
  if (connection.isClosed) {
    out.failure = FAILURE.no_response;
    return null;
  }
  if (!connection.out.allowsTunnels) {
    out.failure = FAILURE.ws_handshake;
    out.failureDetail = "a server that takes no WebSockets over HTTP/2 (RFC 8441)";
    return null;
  }
  const socket = new TunnelSocket(connection);
  const cut = () => socket.close();
  signal.addEventListener("abort", cut, { once: true });
  const response = await socket.open(requestFor(wish));
  signal.removeEventListener("abort", cut);
  if (signal.aborted) return null;
  if ("failure" in response) {
    out.failure = response.failure === FAILURE.none ? FAILURE.no_response : response.failure;
    out.failureDetail = response.detail;
    return null;
  }
  out.status = response.status;
  const isTaken = response.status >= 200 && response.status < 300;
  const agreed = isTaken ? agreedIn(response.head, wish) : `status ${response.status} in place of 200`;
  if (typeof agreed !== "string") {
    return { socket, handshake: { ...agreed, rest: new Uint8Array(0), buffer: new Uint8Array(512) } };
  }
  out.failure = response.status >= 400 ? FAILURE.http_status : FAILURE.ws_handshake;
  out.failureDetail = agreed;
  socket.close();
  return null;
}

function findConnection(
  group: TunnelGroup,
  { wish: { url }, signal }: { readonly wish: HandshakeWish; readonly signal: AbortSignal },
  out: Exchange,
): Promise<Connection | null> {
  return new Promise((resolve) => {
    const waiter: Waiter = {
      connected(connection, opening) {
        if (opening !== null) noteOpening(out, opening);
        resolve(connection);
      },
      dialFailed(attempt, isFirst) {
        if (isFirst) noteOpening(out, attempt);
        out.failure = attempt.failure;
        out.failureDetail = attempt.failureDetail;
        resolve(null);
      },
      mustUseHttp1(socket) {
        socket?.close();
        out.failure = FAILURE.protocol;
        out.failureDetail = "--http2 was given, and the server speaks HTTP/1.1";
        resolve(null);
      },
    };
    const giveUp = () => {
      group.giveUp(url.origin, waiter);
      resolve(null);
    };
    if (signal.aborted) return resolve(null);
    signal.addEventListener("abort", giveUp, { once: true });
    group.request(url, url.origin, waiter);
  });
}

function requestFor(wish: HandshakeWish): PreparedRequest {
  const headers: readonly HeaderLine[] = [
    ...wish.headers,
    ["sec-websocket-version", "13"],
    ...protocolFields(wish),
  ];
  return {
    step: 0,
    method: "CONNECT",
    protocol: "websocket",
    isFed: true,
    url: wish.url,
    origin: wish.url.origin,
    headers,
    body: null,
    isRepeated: false,
    awaitsContinue: false,
    isLast: false,
    isIdempotent: false,
    memory: null,
    followsRedirects: false,
    wantsHead: true,
    wantsBody: false,
    wantsCookies: false,
  };
}
