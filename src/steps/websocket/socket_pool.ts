/**
 * The connections of one thread's share of a load that is nothing but WebSocket.
 *
 * @module
 */
import type { Exchange } from "../../client/exchange/http_client.ts";
import { Dialer } from "../../client/net/dialer.ts";
import { samplerOf } from "../../client/trace/trace_context.ts";
import { MessageSocket, type SocketWork } from "../../client/websocket/message_socket.ts";
import { newTunnelGroup, type TunnelGroup } from "../../client/websocket/over_http2.ts";
import { KeyedLine, OrderedLine } from "../../client/websocket/waiting_line.ts";
import { FAILURE_KINDS } from "../../metrics/failure.ts";
import type { Recorder } from "../../metrics/recorder.ts";
import type { OwnerRules } from "../../plan/owner_rules.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { httpUrlOf, type SocketLoad, type WebSocketStep } from "../../plan/websocket_step.ts";
import { recordFanOut } from "./fan_out.ts";
import type { KeyReader } from "./correlate.ts";

/** Pings go out in so many portions an interval: not all at once. */
const PORTIONS = 20;
/** Connections that are closed at the same time. */
const CLOSED_AT_ONCE = 500;

/** What a pool is made for. */
export interface PoolOptions {
  readonly step: WebSocketStep;
  readonly load: SocketLoad;
  readonly client: ClientSpec;
  readonly rules?: OwnerRules;
  readonly recorder: Recorder;
  /** Connections of this thread. */
  readonly size: number;
  readonly readKey: KeyReader | null;
  /** What stamps call the connection at a position. */
  nameOf(position: number): string;
  /** What comes may have stamps in it. */
  readonly isStamped: boolean;
}

/** Connections of one thread, each opened when it is first needed. */
export class SocketPool {
  readonly sockets: readonly MessageSocket[];
  readonly #tunnels: TunnelGroup[] = [];
  #pinging: ReturnType<typeof setInterval> | undefined;

  constructor({ step, load, client, rules, recorder, size, readKey, nameOf, isStamped }: PoolOptions) {
    const group = recorder.group(0, "websocket");
    const decoder = new TextDecoder();
    const work: SocketWork = {
      dialer: new Dialer(client, {}, rules),
      sampler: samplerOf(client),
      wish: {
        url: new URL(httpUrlOf(step.url)),
        headers: step.headers,
        subprotocols: step.subprotocols,
        compressed: step.compressed,
        maxHeaderBytes: client.maxHeaderBytes,
      },
      timeoutMs: client.timeoutMs,
      replyTimeoutMs: step.replyTimeoutMs ?? client.timeoutMs,
      maxMessageBytes: step.maxMessageBytes,
      closeTimeoutMs: step.closeTimeoutMs,
      isAlone: load.expectsReply && load.inFlight === 1 && load.intervalMs === 0,
      group,
      opened: (exchange: Exchange) => {
        if (exchange.traceParent !== "") recorder.counts.traced++;
        // The messages that follow are none of the trace's.
        exchange.traceParent = "";
        if (load.expectsReply || load.messages.length > 0) countHandshake(recorder, exchange);
      },
      lost: (failure, detail) => countLoss(recorder, failure, detail),
      unasked: (bytes) => recorder.countsOf(0).counts.bodyBytes += bytes,
      newLine: () => readKey === null ? new OrderedLine() : new KeyedLine(),
      ...(readKey !== null && { keyOf: (_isText, bytes) => readKey(decoder.decode(bytes)) }),
      ...(isStamped && { onMessage: recordFanOut(group) }),
    };
    const { streams = 1 } = client;
    let shared = work;
    this.sockets = Array.from({ length: size }, (_, i) => {
      if (client.http2 && i % streams === 0) {
        const tunnels = newTunnelGroup(client, work.dialer);
        this.#tunnels.push(tunnels);
        shared = { ...work, tunnels };
      }
      return new MessageSocket(shared, isStamped ? nameOf(i) : "");
    });
    if (load.pingMs !== undefined) this.#pingEvery(load.pingMs);
  }

  /** Closes all connections as the protocol wants it. */
  async end(): Promise<void> {
    clearInterval(this.#pinging);
    for (let at = 0; at < this.sockets.length; at += CLOSED_AT_ONCE) {
      await Promise.all(this.sockets.slice(at, at + CLOSED_AT_ONCE).map((socket) => socket.end()));
    }
    for (const tunnels of this.#tunnels) tunnels.leave();
  }

  #pingEvery(ms: number): void {
    const { sockets } = this;
    const portions = Math.max(1, Math.min(PORTIONS, Math.floor(ms / 10)));
    let portion = 0;
    this.#pinging = setInterval(() => {
      for (let i = portion; i < sockets.length; i += portions) sockets[i]!.ping();
      portion = (portion + 1) % portions;
    }, ms / portions);
    Deno.unrefTimer(this.#pinging);
  }
}

/** A handshake that is no request of its own was done. */
function countHandshake(recorder: Recorder, { status, protocol }: Exchange): void {
  recorder.countsOf(0).statuses[status]!++;
  recorder.protocols[protocol]!++;
}

/** A connection ended that should not have, while no message waited for a reply: a failure without a time. */
function countLoss(recorder: Recorder, failure: number, detail: string): void {
  const { counts, failures } = recorder.countsOf(0);
  counts.failed++;
  failures[failure]!++;
  const { name, text } = FAILURE_KINDS[failure]!;
  if (recorder.keepsDetails) recorder.noteDetail(name, detail || text);
}
