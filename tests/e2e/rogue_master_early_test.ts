/** Who listens where a worker calls, and is no master that knows the secret. */
import { assert, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { fleetTest, peakBytes, watch } from "./_fleet.ts";
import { frame } from "./_rogue_strangers.ts";
import { pause } from "../_support/wait.ts";

const MAX_BYTES = 300e6;
/** What a worker takes of a stranger, and what lies in the system's buffers when it closes. */
const MAX_TAKEN = 10e6;

const encoder = new TextEncoder();

/** The accept value for a call (RFC 6455, 4.2.2). */
async function upgraded(call: string): Promise<string> {
  const key = /sec-websocket-key: *(\S+)/i.exec(call)?.[1] ?? "";
  const digest = await crypto.subtle.digest(
    "SHA-1",
    encoder.encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`),
  );
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${new Uint8Array(digest).toBase64()}\r\n\r\n`;
}

const plain = { isMasked: false } as const;
const PIECE = "x".repeat(1000);
const text = (message: unknown) => frame(1, JSON.stringify(message), plain);

/** What is sent after the call was taken, or instead of that, and then again and again. */
const MASTERS: readonly (readonly [name: string, first: string | Uint8Array, again?: string | Uint8Array])[] =
  [
    ["a head without end", "HTTP/1.1 101 Switching Protocols\r\n", "X-A: b\r\n".repeat(100)],
    ["a redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"],
    ["a body without end", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", PIECE],
    ["noise", "\0\xff\0\xff\r\n\r\n", PIECE],
    [
      "fragments without end",
      frame(1, "x", { ...plain, isFinal: false }),
      frame(0, PIECE, { ...plain, isFinal: false }),
    ],
    [
      "empty fragments without end",
      frame(1, "", { ...plain, isFinal: false }),
      frame(0, "", { ...plain, isFinal: false }),
    ],
    ["an exabyte", frame(1, "x", { ...plain, length: 2n ** 60n }), PIECE],
    ["pings without end", frame(9, "x", plain), frame(9, "x".repeat(125), plain)],
    ["challenges without end", text({}), text({ kind: "challenge", nonce: "0".repeat(64), isSecret: true })],
    ["no secret", text({ kind: "challenge", nonce: "0".repeat(64), isSecret: false })],
    ["a welcome at once", text({ kind: "welcome", proof: "" })],
    [
      "a wrong welcome",
      text({ kind: "challenge", nonce: "0".repeat(64), isSecret: true }),
      text({ kind: "welcome", proof: "x" }),
    ],
    ["a plan at once", frame(1, 'sig\nD 1 0 0\n{"kind":"order"}', plain)],
    ["brackets", frame(1, "[".repeat(2000), plain)],
  ];

/** What ends a worker at once: it will not change. */
const FINAL = /^(?:no secret|a welcome at once|a wrong welcome)$/;

/** Plays a master to the next call of a worker. */
async function play(listener: Deno.TcpListener, [name, first, again]: typeof MASTERS[number]): Promise<void> {
  const caller = await listener.accept();
  const buffer = new Uint8Array(4096);
  const got = await caller.read(buffer) ?? 0;
  const call = new TextDecoder().decode(buffer.subarray(0, got));
  const [start, then] = [first, again].map((part) =>
    typeof part === "string" ? Uint8Array.from(part, (character) => character.charCodeAt(0)) : part
  );
  let taken = 0;
  let isOver = false;
  const reading = (async () => {
    while (await caller.read(buffer).catch(() => null) !== null);
    isOver = true;
  })();
  try {
    if (typeof first !== "string") await caller.write(encoder.encode(await upgraded(call)));
    for (let next = start; next !== undefined && !isOver; next = then) {
      for (let at = 0; at < next.length; at += await caller.write(next.subarray(at)));
      taken += next.length;
      if (next.length < 500) await pause(1);
    }
  } catch {
    // The worker has closed it.
  }
  await reading;
  caller.close();
  assertLess(taken, MAX_TAKEN, `${name}: ${taken} bytes were taken`);
}

/** A worker that calls one master after the other; resolves to what it said, and to its memory. */
async function meet(masters: typeof MASTERS): Promise<{ readonly err: string; readonly bytes: number }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const worker = watch(
    ["--worker", `127.0.0.1:${listener.addr.port}`, "-t", "1", "--stay"],
    { BENCH_SECRET: "correct horse battery" },
  );
  let bytes = 0;
  for (const master of masters) {
    await play(listener, master);
    if (masters.length > 1) bytes = peakBytes(worker.child.pid);
  }
  listener.close();
  if (masters.length > 1) worker.child.kill("SIGINT");
  const { err } = await worker.ended;
  return { err, bytes };
}

fleetTest(
  "whoever listens and does not know the secret gets nothing of a worker, and does not fill it",
  async () => {
    const isFinal = ([name]: typeof MASTERS[number]) => FINAL.test(name);
    const [patient, ...refusing] = await Promise.all([
      meet(MASTERS.filter((master) => !isFinal(master))),
      ...MASTERS.filter(isFinal).map((master) => meet([master])),
    ]);
    assertStringIncludes(patient!.err, "trying again");
    assertLess(patient!.bytes, MAX_BYTES, `the worker took ${Math.round(patient!.bytes / 1e6)} MB`);
    for (const { err } of refusing) {
      assertMatch(
        err,
        /The master (?:has no shared secret|did not ask for a proof|does not know the shared secret)/,
      );
    }
    for (const { err } of [patient!, ...refusing]) assert(!/Joined|Run 1/.test(err), err);
  },
);
