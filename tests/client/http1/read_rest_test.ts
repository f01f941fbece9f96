/** A response that begins as the last one did means the same when it comes in pieces, and when its rest is another or none. */
import { assertEquals } from "@std/assert";
import type { PreparedRequest } from "../../../src/client/exchange/http_client.ts";
import { RawClient } from "../../../src/client/http1/http1_client.ts";
import type { ClientDialer } from "../../../src/client/net/dialer.ts";
import { FAILURE } from "../../../src/metrics/failure.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";

const coded = (text: string) => new TextEncoder().encode(text);
const RESPONSE = coded("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
const HEAD_BYTES = RESPONSE.length - 5;

interface Known {
  readonly socket: MemorySocket;
  readonly client: RawClient;
  readonly request: PreparedRequest;
}

/** A client whose only connection is a socket, and which has seen the response once. */
async function clientThatKnows(): Promise<Known> {
  const socket = new MemorySocket();
  const dialer: ClientDialer = {
    dial: () => Promise.resolve(socket),
    expectIgnorers: new Set(),
    expectRefusers: new Set(),
  };
  const client = new RawClient(PLAIN_CLIENT, dialer);
  const request = prepare("http://127.0.0.1:1/", { isRepeated: true });
  for (let i = 0; i < 2; i++) await exchange({ socket, client, request }, [RESPONSE.slice()]);
  return { socket, client, request };
}

/** Lets everything go on that waits for nothing. */
async function settle() {
  for (let i = 0; i < 20; i++) await null;
}

/** Sends a request and answers piece by piece. */
async function exchange(
  { socket, client, request }: Known,
  pieces: readonly (Uint8Array | null | Error)[],
) {
  const sending = send(client, request);
  for (const piece of pieces) {
    await settle();
    socket.give(piece);
  }
  return await sending;
}

/** What is told of an exchange whose response is given piece by piece. */
async function outcomeOf(pieces: readonly (Uint8Array | null | Error)[], again = false) {
  const known = await clientThatKnows();
  const { failure, status, bodyBytes, bytesReceived, declaredLength } = await exchange(known, pieces);
  if (again) {
    assertEquals((await exchange(known, [RESPONSE.slice()])).failure, FAILURE.none, "the connection goes on");
  }
  return { failure, status, bodyBytes, bytesReceived, declaredLength };
}

const WHOLE = {
  failure: FAILURE.none,
  status: 200,
  bodyBytes: 5,
  bytesReceived: RESPONSE.length,
  declaredLength: 5,
};

Deno.test("a response in two or three pieces, cut at every byte", async () => {
  for (let cut = 1; cut < RESPONSE.length; cut++) {
    assertEquals(await outcomeOf([RESPONSE.slice(0, cut), RESPONSE.slice(cut)], true), WHOLE, `${cut}`);
    const rest = RESPONSE.slice(cut);
    if (rest.length < 2) continue;
    assertEquals(await outcomeOf([RESPONSE.slice(0, cut), rest.slice(0, 1), rest.slice(1)], true), WHOLE);
  }
});

Deno.test("another rest than that of the last response", async () => {
  const other = coded("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhello, ");
  for (let cut = 1; cut < other.length; cut++) {
    const told = await outcomeOf([other.slice(0, cut), other.slice(cut)], true);
    assertEquals(told, { ...WHOLE, bodyBytes: 7, bytesReceived: other.length, declaredLength: 7 }, `${cut}`);
  }
});

Deno.test("bytes behind the rest are too many", async () => {
  const told = await outcomeOf([RESPONSE.slice(0, HEAD_BYTES), coded("hello!")]);
  assertEquals(told.failure, FAILURE.unexpected_bytes);
});

for (
  const [title, end, failure] of [
    ["the end", null, FAILURE.truncated],
    ["a reset", new Deno.errors.ConnectionReset("Connection reset by peer"), FAILURE.connection_reset],
  ] as const
) {
  Deno.test(`${title} in place of the rest: a failure that tells how far it came, and no second try`, async () => {
    for (const cut of [1, 20, HEAD_BYTES, HEAD_BYTES + 2]) {
      const told = await outcomeOf([RESPONSE.slice(0, cut), end]);
      assertEquals(
        [told.failure, told.bytesReceived, told.bodyBytes],
        [failure, cut, Math.max(0, cut - HEAD_BYTES)],
        `${cut}`,
      );
    }
  });
}

Deno.test("an exchange given up while its rest is waited for tells how far it came", async () => {
  const { socket, client, request } = await clientThatKnows();
  const sending = send(client, request);
  await settle();
  socket.give(RESPONSE.slice(0, HEAD_BYTES + 2));
  await settle();
  client.abort(FAILURE.timeout);
  const out = await sending;
  assertEquals(
    [out.failure, out.failureDetail, out.bytesReceived],
    [FAILURE.timeout, "Given up after the head and 2 bytes of the body", HEAD_BYTES + 2],
  );
});
