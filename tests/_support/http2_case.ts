/** Behaviours of HTTP/2 servers as cases: what one does on its first connection, and what a client must make of it. */
import { assert, assertEquals } from "@std/assert";
import type { HttpClient } from "../../src/client/exchange/http_client.ts";
import { createClients } from "../../src/client/registry.ts";
import { FAILURE, FAILURE_KINDS, type FailureName } from "../../src/metrics/failure.ts";
import type { ClientSpec } from "../../src/plan/client_spec.ts";
import { type FramePeer, type FrameRequest, type FrameServer, startFrameServer } from "./frame_server.ts";
import { PLAIN_CLIENT } from "./plan.ts";
import { prepare, type PrepareChanges, send } from "./prepare.ts";

/** Long enough for a busy machine where no timeout is expected. */
const PATIENT_MS = 20_000;

/** One behaviour. */
export interface Http2Case {
  readonly title: string;
  /** What the server does on its first connection; it answers well on later ones. */
  readonly serve: (peer: FramePeer) => void | Promise<void>;
  /** How the first exchange ends. */
  readonly kind: FailureName;
  /** Part of what the failure says. */
  readonly detail?: string;
  readonly request?: PrepareChanges;
  readonly spec?: Partial<ClientSpec>;
  /** The connection serves the second exchange as well. */
  readonly livesOn?: true;
  /** Requests that the server gets; absent: one for each exchange. */
  readonly requests?: number;
  /** Bytes of the first answer's body. */
  readonly bodyBytes?: number;
}

/** Greets and answers every request. */
export async function serveWell(peer: FramePeer): Promise<void> {
  peer.settings();
  await respondToAll(peer);
}

/** Answers every request from now on. */
export async function respondToAll(peer: FramePeer): Promise<void> {
  for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
    peer.respond(request.stream);
  }
}

/** Greets, waits for the first request, misbehaves, and answers every later one. */
export function onFirst(
  act: (peer: FramePeer, request: FrameRequest) => void | Promise<void>,
): (peer: FramePeer) => Promise<void> {
  return async (peer) => {
    peer.settings();
    const request = await peer.nextRequest();
    if (request === null) return;
    await act(peer, request);
    await respondToAll(peer);
  };
}

/** A client whose late exchanges are ended, as a slot does it. */
export function watchedClient(spec: Partial<ClientSpec>): HttpClient & Disposable {
  const client = createClients({ ...PLAIN_CLIENT, http2: true, timeoutMs: PATIENT_MS, ...spec })();
  const timer = setInterval(() => {
    if (client.deadlineMs <= performance.now()) client.abort(FAILURE.timeout);
  }, 5);
  return Object.assign(client, {
    [Symbol.dispose]() {
      clearInterval(timer);
      client.close();
    },
  });
}

/** Registers the test of a case: the exchange ends as it must, and the next one is a good one. */
export function http2Test(testCase: Http2Case): void {
  Deno.test(`HTTP/2: ${testCase.title}`, async () => {
    const later: Promise<void>[] = [];
    await using server: FrameServer = await startFrameServer((peer) => {
      if (peer.number === 1) return testCase.serve(peer);
      later.push(serveWell(peer));
    });
    {
      using client = watchedClient(testCase.spec ?? {});
      const out = await send(client, prepare(server.origin, testCase.request));
      assertEquals(FAILURE_KINDS[out.failure]!.name, testCase.kind, out.failureDetail);
      if (testCase.detail !== undefined) {
        assert(out.failureDetail.includes(testCase.detail), out.failureDetail);
      }
      if (testCase.kind === "none") assertEquals([out.status, out.protocol], [200, 20]);
      if (testCase.bodyBytes !== undefined) assertEquals(out.bodyBytes, testCase.bodyBytes);
      const seen = server.connections;
      const next = await send(client, prepare(server.origin));
      assertEquals(
        [FAILURE_KINDS[next.failure]!.name, next.status, next.bodyBytes],
        ["none", 200, 4],
        next.failureDetail,
      );
      if (testCase.livesOn) assertEquals(server.connections, seen, "the connection must live on");
    }
    await Promise.all(server.peers.map((peer) => peer.closed));
    assertEquals(server.requests, testCase.requests ?? 2);
  });
}
