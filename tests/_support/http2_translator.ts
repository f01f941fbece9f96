/**
 * A server as `startRawServer` makes it, for clients that speak HTTP/2: handlers are shown requests in the form of
 * HTTP/1.1 and answer in it, and what goes over the wire is HTTP/2. So the tests of the client contract hold for both.
 * Only well-formed answers can be translated; what ends too early ends the connection.
 */
import { CODE, FLAG, FRAME, SETTING } from "../../src/client/http2/frames.ts";
import { type FramePeer, type FrameRequest, startFrameServer } from "./frame_server.ts";
import type { RawConnection, RawHandler, RawRequest, RawServer, RawServerOptions } from "./raw_server.ts";
import { pause } from "./wait.ts";

/** Fields that HTTP/2 has no use for. */
const HOP_FIELD = /^(?:connection|keep-alive|transfer-encoding)$/;

/** Starts a server on a free port. */
export async function startTranslatingServer(
  handler: RawHandler,
  options: RawServerOptions = {},
): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const server = await startFrameServer(async (peer) => {
    await options.onConnection?.(facade(peer, null));
    peer.settings([SETTING.initialWindowSize, 0x7fff_ffff]);
    peer.window(0, 0x7fff_0000);
    let onConnection = 0;
    const serve = async (next: FrameRequest): Promise<void> => {
      const body = next.isComplete ? new Uint8Array(0) : await bodyOf(peer, next.stream);
      const head = headText(next);
      const request = { head, body, number: requests.length + 1, onConnection: ++onConnection };
      requests.push(request);
      const responding = new Responding(peer, next.stream, head.startsWith("HEAD "));
      await handler(facade(peer, responding), request);
    };
    for (let next = await peer.nextRequest(); next; next = await peer.nextRequest()) {
      // A body that never comes ends with the connection.
      serve(next).catch((error) => {
        if (!(error instanceof Deno.errors.UnexpectedEof)) throw error;
      });
    }
  }, options);
  return {
    origin: server.origin,
    port: server.port,
    requests,
    get connections() {
      return server.connections;
    },
    get open() {
      return server.open;
    },
    close: async () => await server[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function bodyOf(peer: FramePeer, stream: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const frame = await peer.next(FRAME.data, stream);
    pieces.push(frame.payload);
    if ((frame.flags & FLAG.endStream) !== 0) break;
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

/** A request's head as HTTP/1.1 has it. */
function headText({ fields }: FrameRequest): string {
  const pseudo = new Map(fields.filter(([name]) => name.startsWith(":")));
  const lines = fields.filter(([name]) => !name.startsWith(":")).map(([name, value]) => `${name}: ${value}`);
  return [
    `${pseudo.get(":method")} ${pseudo.get(":path")} HTTP/1.1`,
    `host: ${pseudo.get(":authority")}`,
    ...lines,
  ].join("\r\n");
}

function facade(peer: FramePeer, responding: Responding | null): RawConnection {
  const send = async (data: string | Uint8Array) => {
    responding?.push(typeof data === "string" ? new TextEncoder().encode(data) : data);
    await peer.flushed();
  };
  return {
    number: peer.number,
    closed: peer.closed,
    send,
    async sendInPieces(data, size = 1) {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      for (let at = 0; at < bytes.length; at += size) {
        await send(bytes.subarray(at, at + size));
        await pause(0);
      }
    },
    end(data) {
      if (data !== undefined) {
        responding?.push(typeof data === "string" ? new TextEncoder().encode(data) : data);
      }
      if (responding?.finish() !== true) peer.end();
    },
    reset: () => peer.reset(),
    stopReading: (forMs) => peer.stopReading(forMs),
  };
}

/** One answer on its way from HTTP/1.1 to HTTP/2. */
class Responding {
  readonly #peer: FramePeer;
  readonly #stream: number;
  readonly #isHead: boolean;
  #bytes: Uint8Array = new Uint8Array(0);
  #hasHead = false;
  /** Bytes of the body or the chunk still to come; Infinity: up to the end. */
  #left = 0;
  #isChunked = false;
  #isDone = false;

  constructor(peer: FramePeer, stream: number, isHead: boolean) {
    this.#peer = peer;
    this.#stream = stream;
    this.#isHead = isHead;
  }

  push(data: Uint8Array): void {
    const all = new Uint8Array(this.#bytes.length + data.length);
    all.set(this.#bytes);
    all.set(data, this.#bytes.length);
    this.#bytes = all;
    while (!this.#isDone && this.#step()) { /* There is more. */ }
  }

  /** The server has nothing to add; `true` when that ends a body that goes up to the end. */
  finish(): boolean {
    if (!this.#hasHead || this.#isDone || this.#left !== Infinity) return false;
    this.#data(new Uint8Array(0), true);
    return true;
  }

  #step(): boolean {
    if (!this.#hasHead) return this.#takeHead();
    if (this.#isChunked) return this.#takeChunk();
    const count = Math.min(this.#bytes.length, this.#left);
    if (count === 0) return false;
    this.#left -= count;
    this.#data(this.#bytes.subarray(0, count), this.#left === 0);
    this.#bytes = this.#bytes.slice(count);
    return true;
  }

  #takeHead(): boolean {
    const text = String.fromCharCode(...this.#bytes.subarray(0, 100_000));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const [first = "", ...lines] = text.slice(0, end).split("\r\n");
    this.#bytes = this.#bytes.slice(end + 4);
    const status = first.split(" ")[1]!;
    const fields = lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    const value = (name: string) => fields.find(([key]) => key === name)?.[1];
    const isInterim = status.startsWith("1");
    const length = value("content-length");
    this.#isChunked = value("transfer-encoding") === "chunked";
    if (value("connection") === "close") this.#peer.goaway(this.#stream, CODE.noError);
    this.#left = this.#isChunked ? 0 : length === undefined ? Infinity : Number(length);
    const isBodiless = this.#isHead || status === "204" || status === "304" || length === "0";
    this.#peer.headers(
      this.#stream,
      [[":status", status], ...fields.filter(([name]) => !HOP_FIELD.test(name))],
      { end: isBodiless && !isInterim },
    );
    this.#hasHead = !isInterim;
    if (isBodiless && !isInterim) this.#isDone = true;
    return true;
  }

  #takeChunk(): boolean {
    const text = String.fromCharCode(...this.#bytes.subarray(0, 100));
    const lineEnd = text.indexOf("\r\n");
    if (lineEnd < 0) return false;
    const size = parseInt(text, 16);
    const end = lineEnd + 2 + size + 2;
    if (this.#bytes.length < end) return false;
    if (size === 0) {
      const trailer = /^(.+?): (.*)\r\n\r\n$/.exec(text.slice(lineEnd + 2));
      if (text.slice(lineEnd + 2) !== "\r\n" && trailer === null) return false;
      if (trailer === null) this.#data(new Uint8Array(0), true);
      else {
        this.#peer.headers(this.#stream, [[trailer[1]!.toLowerCase(), trailer[2]!]], { end: true });
        this.#isDone = true;
      }
      return false;
    }
    this.#data(this.#bytes.subarray(lineEnd + 2, lineEnd + 2 + size), false);
    this.#bytes = this.#bytes.slice(end);
    return true;
  }

  #data(content: Uint8Array, isLast: boolean): void {
    for (let at = 0; at < Math.max(1, content.length); at += 16_384) {
      const part = content.subarray(at, at + 16_384);
      this.#peer.data(this.#stream, part, { end: isLast && at + part.length >= content.length });
    }
    if (isLast) this.#isDone = true;
  }
}
