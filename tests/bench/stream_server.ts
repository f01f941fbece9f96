/**
 * Streams of server-sent events for measurements, over HTTP/1.1 and HTTP/2: `/paced/MS` sends an event every MS ms to all
 * that are connected, `/fast/N` sends N as fast as they are taken. Prints its port.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for

const EVENT = new TextEncoder().encode(
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m",' +
    '"choices":[{"index":0,"delta":{"content":" token"},"finish_reason":null}]}\n\n',
);
/** Events that are written at a time where they go as fast as they are taken. */
const BATCH = 50;
const BATCH_BYTES = new Uint8Array(EVENT.length * BATCH);
for (let i = 0; i < BATCH; i++) BATCH_BYTES.set(EVENT, i * EVENT.length);

type Listeners = Set<ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>>;
const paced = new Map<number, Listeners>();

/** Those who get an event every so many ms: one timer for all. */
function listenersOf(everyMs: number): Listeners {
  const known = paced.get(everyMs);
  if (known) return known;
  const listeners: Listeners = new Set();
  paced.set(everyMs, listeners);
  setInterval(() => {
    for (const listener of listeners) {
      // Who reads too slowly misses some.
      if ((listener.desiredSize ?? 0) > 0) listener.enqueue(EVENT);
    }
  }, everyMs);
  return listeners;
}

function pacedBody(everyMs: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const listeners = listenersOf(everyMs);
  let own: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  return new ReadableStream({
    start: (controller) => void listeners.add(own = controller),
    cancel: () => void listeners.delete(own),
  }, { highWaterMark: 4 });
}

function fastBody(count: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = count;
  return new ReadableStream({
    pull(controller) {
      const events = Math.min(BATCH, left);
      if (events > 0) controller.enqueue(BATCH_BYTES.slice(0, events * EVENT.length));
      if ((left -= events) <= 0) controller.close();
    },
  });
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
  const [, kind, number] = new URL(url).pathname.split("/");
  const body = kind === "paced" ? pacedBody(Number(number)) : fastBody(Number(number));
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
});
console.log(server.addr.port);
