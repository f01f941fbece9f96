/** Where each request has a connection of its own, responses are known again by their bytes, and every connection is closed. */
import { assertEquals } from "@std/assert";
import { RawClient } from "../../../src/client/http1/http1_client.ts";
import { ResponseMemory } from "../../../src/client/exchange/response_memory.ts";
import { FAILURE } from "../../../src/metrics/failure.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";

const coded = (text: string) => new TextEncoder().encode(text);
const response = (fields: string, body = "hello") => coded(`HTTP/1.1 200 OK\r\n${fields}\r\n${body}`);

const CLOSES = response("Content-Length: 5\r\nConnection: close\r\n");
const STAYS = response("Content-Length: 5\r\n");
const TO_THE_END = response("Connection: close\r\n");

interface Told {
  readonly failures: readonly number[];
  readonly sizes: readonly (readonly [number, number])[];
  readonly known: readonly boolean[];
}

/** Sends a request for each of some responses, each on a socket of its own; `null`: the server closes at once. */
async function sendEach(responses: readonly (readonly (Uint8Array | null)[])[]): Promise<Told> {
  const sockets: MemorySocket[] = [];
  const client = new RawClient({ ...PLAIN_CLIENT, keepAlive: false }, {
    dial: () => {
      const socket = new MemorySocket();
      for (const piece of responses[sockets.length]!) socket.give(piece);
      sockets.push(socket);
      return Promise.resolve(socket);
    },
    expectIgnorers: new Set(),
    expectRefusers: new Set(),
  });
  const request = prepare("http://127.0.0.1:1/", { isRepeated: true, client: { keepAlive: false } });
  const known: boolean[] = [];
  const { matches } = ResponseMemory.prototype;
  request.memory!.matches = function (...given) {
    const isKnown = matches.apply(this, given);
    known.push(isKnown);
    return isKnown;
  };
  const failures: number[] = [];
  const sizes: [number, number][] = [];
  for (const _ of responses) {
    const out = await send(client, request);
    failures.push(out.failure);
    sizes.push([out.bodyBytes, out.bytesReceived]);
  }
  assertEquals(sockets.map(({ isClosed }) => isClosed), responses.map(() => true));
  assertEquals(sockets.map(({ writes }) => writes.length), responses.map(() => 1));
  return { failures, sizes, known };
}

for (const [who, whole] of [["closes", CLOSES], ["would stay", STAYS]] as const) {
  Deno.test(`the second response of a server that ${who} is known`, async () => {
    const { failures, sizes, known } = await sendEach([[whole], [whole], [whole]]);
    assertEquals(known, [false, true, true]);
    assertEquals(failures, [FAILURE.none, FAILURE.none, FAILURE.none]);
    assertEquals(sizes, [[5, whole.length], [5, whole.length], [5, whole.length]]);
  });
}

Deno.test("a body that ends with its connection is read to the end, every time", async () => {
  const parts = [TO_THE_END, coded(" and more"), null];
  const { failures, sizes, known } = await sendEach([parts, parts]);
  assertEquals([known, failures], [[false, false], [FAILURE.none, FAILURE.none]]);
  assertEquals(sizes, [[14, TO_THE_END.length + 9], [14, TO_THE_END.length + 9]]);
});

Deno.test("what is too much, too little or nothing is told after known ones, too", async () => {
  const { failures } = await sendEach([
    [CLOSES],
    [CLOSES],
    [response("Content-Length: 5\r\nConnection: close\r\n", "hello, world")],
    [CLOSES.slice(0, -2), null],
    [null],
    [CLOSES],
  ]);
  const { none, unexpected_bytes: more, truncated, no_response: nothing } = FAILURE;
  assertEquals(failures, [none, none, more, truncated, nothing, none]);
});
