/**
 * Pipes over a NATS server: for workers that the master cannot be reached by, and for more of them than one machine
 * has sockets for. Frames may get lost, when the server restarts for instance; links repeat them.
 *
 * ```text
 * bench.RUN.m.NODE   from a node to the master, who listens to bench.RUN.m.*
 * bench.RUN.n.NODE   from the master to a node
 * bench.RUN.g.N      from the nodes of a group to its leader, node number N; bench.RUN.c.N the other way
 * ```
 *
 * @module
 */
import { MAX_FRAME_CHARS } from "../../lib/size_limits.ts";
import { credsAuthenticator, tokenAuthenticator, usernamePasswordAuthenticator } from "@nats-io/nats-core";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { messageOf, RunError } from "../../lib/errors.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import type { GroupBus } from "../protocol/group_messages.ts";
import { type Transport, TransportEvents } from "./transport.ts";

/** Where the server is, and how it knows us. */
export interface NatsAddress {
  /** `nats://` or `tls://`, perhaps with a user and a password or a token. */
  readonly url: string;
  /** Separates runs on the same server. */
  readonly runId: string;
  readonly caCerts: readonly string[];
  /** The client's own certificate, PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The text of a credentials file. */
  readonly creds?: string;
}

/** A connection to a NATS server. */
export interface NatsDoors {
  readonly connection: NatsConnection;
  close(): Promise<void>;
}

/** The server is not there; it may be in a while. */
export class Unreachable extends RunError {}

/** The subject on which something of a run is said. */
function subjectOf(runId: string, ...rest: readonly string[]): string {
  return ["bench", runId, ...rest].join(".");
}

/**
 * Connects to the server; a connection that breaks later is made again without end.
 * @throws {RunError} when the server cannot be reached or does not want us.
 */
export async function connectNats(address: NatsAddress): Promise<NatsDoors> {
  const url = new URL(address.url.replace(/^\w+:/, "http:"));
  const [user, password] = [percentDecoded(url.username), percentDecoded(url.password)];
  const isTls = /^tls:/i.test(address.url) || address.caCerts.length > 0 || address.tls !== undefined;
  try {
    const connection = await connect({
      servers: `${url.hostname}:${url.port || 4222}`,
      name: "bench",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 100,
      reconnectJitterTLS: 100,
      pingInterval: 3000,
      timeout: 5000,
      ...(isTls && {
        tls: {
          ...(address.caCerts.length > 0 && { ca: address.caCerts.join("\n") }),
          ...address.tls,
        },
      }),
      ...(address.creds !== undefined
        ? { authenticator: credsAuthenticator(new TextEncoder().encode(address.creds)) }
        : password !== ""
        ? { authenticator: usernamePasswordAuthenticator(user, password) }
        : user !== "" && { authenticator: tokenAuthenticator(user) }),
    });
    return { connection, close: () => connection.drain().catch(() => connection.close()) };
  } catch (error) {
    const Problem = /refused|timeout|not found|ENOTFOUND|unreachable/i.test(messageOf(error))
      ? Unreachable
      : RunError;
    throw new Problem(`Cannot use the NATS server at ${maskUrl(address.url)}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The master's side: `onTransport` gets a pipe for every node that says something. */
export function listenOnNats(
  { connection }: NatsDoors,
  runId: string,
  onTransport: (transport: Transport) => void,
): void {
  const transports = new Map<string, TransportEvents>();
  connection.subscribe(subjectOf(runId, "m", "*"), {
    callback: (error, message) => {
      if (error) return;
      const id = message.subject.split(".").at(-1)!;
      let events = transports.get(id);
      if (events === undefined) {
        events = new TransportEvents();
        transports.set(id, events);
        onTransport(
          transportOn(connection, {
            events,
            peer: id,
            to: subjectOf(runId, "n", id),
            onEnd: () => transports.delete(id),
          }),
        );
      }
      events.frame(message.string());
    },
  });
  void connection.closed().then(() => {
    for (const events of transports.values()) events.end("the connection to the NATS server was closed");
  });
}

/** A node's side; `id` must be its alone. */
export function callOnNats({ connection }: NatsDoors, runId: string, id: string): Transport {
  const events = new TransportEvents();
  const subscription = connection.subscribe(subjectOf(runId, "n", id), {
    callback: (error, message) => {
      if (!error) events.frame(message.string());
    },
  });
  void connection.closed().then(() => events.end("the connection to the NATS server was closed"));
  return transportOn(connection, {
    events,
    peer: `run ${runId}`,
    to: subjectOf(runId, "m", id),
    onEnd: () => subscription.unsubscribe(),
  });
}

/** How the nodes of a run reach those of their group: by the leader's number, below zero what was counted. */
export function busOnNats({ connection }: NatsDoors, runId: string): GroupBus {
  const subject = (to: number) => subjectOf(runId, to < 0 ? "c" : "g", String(Math.abs(to)));
  return {
    publish: (to, text) => {
      // What is too long for the server goes to the master in pieces, once it is found not to have been counted.
      if (!connection.isClosed() && text.length <= MAX_FRAME_CHARS) connection.publish(subject(to), text);
    },
    subscribe: (to, listener) =>
      connection.subscribe(subject(to), {
        callback: (error, message) => {
          if (!error) listener(message.string());
        },
      }),
  };
}

function transportOn(
  connection: NatsConnection,
  { events, peer, to, onEnd }: {
    readonly events: TransportEvents;
    readonly peer: string;
    readonly to: string;
    readonly onEnd: () => void;
  },
): Transport {
  return {
    peer,
    isLossy: true,
    send: (frame) => {
      if (!events.isOver && !connection.isClosed()) connection.publish(to, frame);
    },
    trust: () => {},
    onFrame: events.onFrame,
    onEnd: events.onEnd,
    close: (reason) => {
      if (events.isOver) return;
      events.end(reason);
      onEnd();
    },
  };
}
