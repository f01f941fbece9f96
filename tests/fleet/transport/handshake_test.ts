/** How two ends come to trust each other, and that nobody else does. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { acceptPeer, introduce, PROTOCOL, Rejection } from "../../../src/fleet/transport/handshake.ts";
import { Link } from "../../../src/fleet/transport/link.ts";
import { TransportEvents } from "../../../src/fleet/transport/transport.ts";
import { VERSION } from "../../../src/lib/version.ts";
import { type TestTransport, transportPair } from "../_transports.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

const ME = { name: "n", threads: 2 };
const SECRET = "correct horse battery";

/** How both ends of a handshake ended: a key, or a message. */
async function meet(
  { node, master }: { readonly node: TestTransport; readonly master: TestTransport },
  secrets: { readonly node?: string; readonly master?: string; readonly refuse?: string },
): Promise<{ readonly node: unknown; readonly master: unknown }> {
  const [let_in, known] = await Promise.allSettled([
    acceptPeer(master, {
      timeoutMs: 60_000,
      refuse: () => secrets.refuse,
      ...(secrets.master !== undefined && { secret: secrets.master }),
    }),
    introduce(node, ME, { timeoutMs: 60_000, ...(secrets.node !== undefined && { secret: secrets.node }) })
      .catch((error) => {
        // As every worker does that is not let in.
        node.close("not let in");
        throw error;
      }),
  ]);
  const outcome = (settled: PromiseSettledResult<{ readonly key?: string }>) =>
    settled.status === "fulfilled" ? settled.value.key ?? "in" : (settled.reason as Error).message;
  return { node: outcome(known), master: outcome(let_in) };
}

/** A stranger who says the given frames to a master; what the master answers. */
async function stranger(frames: readonly string[], secret = SECRET): Promise<readonly string[]> {
  const { node, master } = transportPair();
  const admission = acceptPeer(master, { timeoutMs: 50, secret }).then(() => "in", () => "out");
  for (const frame of frames) node.send(frame);
  assertEquals(await admission, "out");
  return master.sent;
}

Deno.test("both ends with the same secret have the same key, and never sent the secret", async () => {
  const transports = transportPair();
  const { node, master } = await meet(transports, { node: SECRET, master: SECRET });
  assertEquals(node, master);
  assert(node !== "in");
  assert(![...transports.node.sent, ...transports.master.sent].some((frame) => frame.includes(SECRET)));
});

Deno.test("two handshakes with the same secret have different keys", async () => {
  const first = await meet(transportPair(), { node: SECRET, master: SECRET });
  const second = await meet(transportPair(), { node: SECRET, master: SECRET });
  assert(first.node !== second.node);
});

Deno.test("without secrets both are let in, without a key", async () => {
  assertEquals(await meet(transportPair(), {}), { node: "in", master: "in" });
});

Deno.test("a wrong secret, or one on one side only, is told to both", async () => {
  const wrong = await meet(transportPair(), { node: "another secret", master: SECRET });
  assertStringIncludes(String(wrong.node), "The shared secret is wrong");
  assertStringIncludes(String(wrong.master), "The shared secret is wrong");
  const missing = await meet(transportPair(), { master: SECRET });
  assertStringIncludes(String(missing.node), "requires a shared secret");
  const surplus = await meet(transportPair(), { node: SECRET });
  assertStringIncludes(String(surplus.node), "has no shared secret");
});

Deno.test("a master that does not know the secret is not served", async () => {
  const { node, master } = transportPair();
  master.onFrame((frame) => {
    const { kind } = JSON.parse(frame);
    const nonce = "0".repeat(64);
    if (kind === "hello") master.send(JSON.stringify({ kind: "challenge", nonce, isSecret: true }));
    else master.send(JSON.stringify({ kind: "welcome", proof: "x".repeat(43) }));
  });
  await assertRejects(
    () => introduce(node, ME, { timeoutMs: 5000, secret: SECRET }),
    Rejection,
    "The master does not know the shared secret",
  );
});

Deno.test("what a node said once is of no use to whoever heard it", async () => {
  const transports = transportPair();
  await meet(transports, { node: SECRET, master: SECRET });
  const responses = await stranger(transports.node.sent);
  assertStringIncludes(responses.at(-1)!, "The shared secret is wrong");
});

Deno.test("another release or protocol is refused, and told both", async () => {
  const hello = { kind: "hello", name: "n", threads: 1, nonce: "a".repeat(64) };
  for (
    const other of [{ protocol: PROTOCOL + 1, release: VERSION }, { protocol: PROTOCOL, release: "0.0.9" }]
  ) {
    const [response] = await stranger([JSON.stringify({ ...hello, ...other })]);
    assertStringIncludes(response!, `The master is bench ${VERSION}`);
    assertStringIncludes(response!, other.release);
  }
});

Deno.test("a node that is not wanted is told why, after it has proved itself", async () => {
  const { node } = await meet(transportPair(), { node: SECRET, master: SECRET, refuse: "there are enough" });
  assertStringIncludes(String(node), "there are enough");
});

Deno.test("a proof before a hello, a second hello and a long frame are refused", async () => {
  const hello = JSON.stringify({
    kind: "hello",
    protocol: PROTOCOL,
    release: VERSION,
    ...ME,
    nonce: "a".repeat(64),
  });
  assertStringIncludes((await stranger(['{"kind":"proof","proof":""}']))[0]!, "Expected a hello first");
  assertStringIncludes(
    (await stranger([hello, hello.replaceAll("a".repeat(64), "b".repeat(64))])).at(-1)!,
    "second",
  );
  assertStringIncludes((await stranger([hello + " ".repeat(5000)]))[0]!, "is not a bench worker");
});

Deno.test("lost and doubled frames do not hinder a handshake, even when the welcome is lost", async () => {
  let n = 0;
  const { node, master } = transportPair(() => [0, 2, 1][n++ % 3]!);
  const options = { timeoutMs: 20_000, secret: SECRET };
  const links: Link[] = [];
  const admission = acceptPeer(master, options).then(({ key, welcome }) => {
    links.push(new Link(master, { role: "master", key: key!, welcome, timeoutMs: 20_000, maxChars: 100 }));
    return key;
  });
  const { key } = await introduce(node, ME, options);
  assertEquals(key, await admission);
  for (const link of links) link.close("end of test");
});

Deno.test("frames of anything are refused and never crash either end", async () => {
  const valid = JSON.stringify({
    kind: "hello",
    protocol: PROTOCOL,
    release: VERSION,
    ...ME,
    nonce: "a".repeat(64),
  });
  const frame = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.json(),
    fc.record({
      kind: fc.constantFrom("hello", "proof", "challenge", "welcome", "refused"),
      x: fc.anything(),
    })
      .map((value) => JSON.stringify(value, (_key, part) => typeof part === "bigint" ? 0 : part)),
    fc.tuple(fc.nat(valid.length), fc.string({ maxLength: 3 }))
      .map(([at, text]) => valid.slice(0, at) + text + valid.slice(at + 1)),
  );
  const settled: Promise<unknown>[] = [];
  fc.assert(
    fc.property(frame, fc.boolean(), (text, isMaster) => {
      const events = new TransportEvents();
      const transport = {
        peer: "x",
        isLossy: false,
        trust: () => {},
        send: () => {},
        ...events,
        close: events.end,
      };
      const options = { timeoutMs: 60_000, secret: SECRET };
      const end = isMaster ? acceptPeer(transport, options) : introduce(transport, ME, options);
      settled.push(end.then(() => "in", (error: Error) => error.message));
      events.frame(text);
      events.end("over");
    }),
    { numRuns: fuzzRuns(10_000) },
  );
  const outcomes = new Set(await Promise.all(settled));
  assert(!outcomes.has("in"));
  for (const outcome of outcomes) {
    assert(
      /refuse|went away|no master|not how|Expected|wants|did not ask|does not know|bench|second/.test(
        String(outcome),
      ),
      String(outcome),
    );
  }
});
