/** Messages over a signed link: whole, in order, and refused when altered. */
import { MAX_FRAME_CHARS } from "../../../src/lib/size_limits.ts";
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { Link, type LinkOptions } from "../../../src/fleet/transport/link.ts";
import { type Fate, type TestTransport, transportPair } from "../_transports.ts";
import { pause, until } from "../../_support/wait.ts";

const KEY = "a key";

interface Ends {
  readonly transports: { readonly node: TestTransport; readonly master: TestTransport };
  readonly node: Link;
  readonly master: Link;
  readonly atNode: string[];
  readonly atMaster: string[];
  readonly lost: string[];
  close(): void;
}

function linked(fate?: Fate, changes: Partial<LinkOptions> = {}): Ends {
  const transports = transportPair(fate);
  const options = { key: KEY, timeoutMs: 60_000, maxChars: 1_000_000, beatMs: 5, ...changes };
  const node = new Link(transports.node, { ...options, role: "node" });
  const master = new Link(transports.master, { ...options, role: "master" });
  const ends = {
    transports,
    node,
    master,
    atNode: [] as string[],
    atMaster: [] as string[],
    lost: [] as string[],
  };
  node.onMessage((text) => ends.atNode.push(text));
  master.onMessage((text) => ends.atMaster.push(text));
  node.onLost((reason) => ends.lost.push(`node: ${reason}`));
  master.onLost((reason) => ends.lost.push(`master: ${reason}`));
  return {
    ...ends,
    close: () => {
      node.close("end of test");
      master.close("end of test");
    },
  };
}

Deno.test("messages arrive whole and in order, long ones and empty ones too", async () => {
  const ends = linked();
  const messages = ["a", "", "ü\n{}", "x".repeat(MAX_FRAME_CHARS), "y".repeat(2 * MAX_FRAME_CHARS + 1)];
  for (const message of messages) ends.node.send(message);
  ends.master.send("back");
  await until(() => ends.atMaster.length === messages.length && ends.atNode.length === 1);
  assertEquals(ends.atMaster, messages);
  ends.close();
});

Deno.test("what comes before anybody listens is not lost", async () => {
  const { node, master } = transportPair();
  const options = { timeoutMs: 60_000, maxChars: 1000 };
  const early = new Link(master, { ...options, role: "master" });
  early.send("first");
  await Promise.resolve();
  const delayed = new Link(node, { ...options, role: "node" });
  await Promise.resolve();
  const heard: string[] = [];
  delayed.onMessage((text) => heard.push(text));
  assertEquals(heard, ["first"]);
  early.close("end");
  delayed.close("end");
});

Deno.test("over a pipe that loses and doubles frames everything arrives once and in order", async () => {
  let state = 7;
  const ends = linked(() => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return [0, 1, 1, 2][state >> 16 & 3]!;
  });
  const messages = Array.from({ length: 50 }, (_, i) => `message ${i}`);
  for (const message of messages) {
    ends.node.send(message);
    ends.master.send(message);
  }
  await until(() => ends.atMaster.length >= 50 && ends.atNode.length >= 50);
  await until(() => ends.node.isDelivered && ends.master.isDelivered);
  assertEquals([ends.atMaster, ends.atNode], [messages, messages]);
  ends.close();
});

Deno.test("silence ends a link, and both say for how long they heard nothing", async () => {
  let isCut = false;
  const ends = linked(() => isCut ? 0 : 1, { timeoutMs: 500 });
  ends.node.send("before");
  await until(() => ends.atMaster.length === 1);
  isCut = true;
  await until(() => ends.lost.length === 2);
  for (const reason of ends.lost) assertStringIncludes(reason, "nothing heard for");
});

Deno.test("a cut shorter than the silence allowed loses nothing", async () => {
  let isCut = true;
  const ends = linked(() => isCut ? 0 : 1);
  ends.node.send("meanwhile");
  await pause(40);
  assertEquals(ends.atMaster, []);
  isCut = false;
  await until(() => ends.atMaster.length === 1);
  assertEquals([ends.atMaster, ends.lost], [["meanwhile"], []]);
  ends.close();
});

Deno.test("a frame that is not signed, altered or turned back ends a link of its own, and is overheard on a shared one", async () => {
  for (const fate of [undefined, () => 1]) {
    for (const forge of ["\nD 1 0 0\nstop", "?", "altered", "turned back"]) {
      const ends = linked(fate);
      ends.node.send("a message");
      await until(() => ends.atMaster.length === 1);
      const own = ends.transports.node.sent.find((frame) => frame.includes("a message"))!;
      if (forge === "altered") ends.transports.node.send(own.replace("D 1", "D 2"));
      else if (forge === "turned back") ends.transports.master.send(own);
      else ends.transports.node.send(forge);
      if (fate === undefined) await until(() => ends.lost.length > 0);
      else {
        ends.node.send("another");
        await until(() => ends.atMaster.length === 2);
        assertEquals([ends.atMaster, ends.atNode, ends.lost], [["a message", "another"], [], []]);
      }
      ends.close();
    }
  }
});

Deno.test("what was said before counts once, however often it is repeated", async () => {
  const ends = linked(() => 1);
  ends.node.send("once");
  await until(() => ends.atMaster.length === 1);
  for (const frame of [...ends.transports.node.sent]) ends.transports.node.send(frame);
  ends.node.send("twice");
  await until(() => ends.atMaster.length === 2);
  assertEquals(ends.atMaster, ["once", "twice"]);
  ends.close();
});

Deno.test("a message that is too long ends the link", async () => {
  const ends = linked(undefined, { maxChars: 300_000 });
  ends.node.send("x".repeat(600_000));
  await until(() => ends.lost.length > 0);
  assertStringIncludes(ends.lost[0]!, "a message of more than 300000 characters");
  assertEquals(ends.atMaster, []);
});

Deno.test("a close is told to the other end with its reason", async () => {
  const ends = linked();
  ends.master.close("had enough");
  await until(() => ends.lost.length === 1);
  assertEquals(ends.lost, ["node: had enough"]);
});

/** How far a clock is ahead that is to be found; far more than any delay between two threads of a test. */
const AHEAD_MS = 90_000;

Deno.test("compareClocks() finds the difference of the clocks", async () => {
  const ends = linked(undefined, { beatMs: 1000 });
  await ends.node.compareClocks();
  assertAlmostEquals(ends.node.offsetMs, 0, AHEAD_MS / 10);
  ends.close();
});

Deno.test("compareClocks() finds how far the other clock is ahead, whatever the way there takes", async () => {
  const { node, master } = transportPair();
  const shifted: typeof master = {
    ...master,
    send: (frame) => {
      const moved = frame.replace(/"t":([\d.]+)/, (_, t) => `"t":${Number(t) + AHEAD_MS}`);
      setTimeout(() => master.send(moved), 5);
    },
    // The other end's echo is of the moved clock.
    onFrame: (listener) =>
      master.onFrame((frame) =>
        listener?.(frame.replace(/"e":([\d.]+)/, (_, e) => `"e":${Number(e) - AHEAD_MS}`))
      ),
  };
  const options = { timeoutMs: 60_000, maxChars: 1000 };
  const links = [
    new Link(node, { ...options, role: "node" }),
    new Link(shifted, { ...options, role: "master" }),
  ];
  await links[0]!.compareClocks();
  assertAlmostEquals(links[0]!.offsetMs, AHEAD_MS, AHEAD_MS / 10);
  for (const link of links) link.close("end");
});
