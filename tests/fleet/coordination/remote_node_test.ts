/** A node as its master sees it: a run's notices reach that run, once, and a lost one says so to whoever asks. */
import { assertEquals } from "@std/assert";
import { RemoteNode } from "../../../src/fleet/coordination/remote_node.ts";
import { encode, type NodeMessage } from "../../../src/fleet/protocol/frames.ts";
import type { Notice } from "../../../src/fleet/protocol/messages.ts";
import { Link } from "../../../src/fleet/transport/link.ts";
import { until } from "../../_support/wait.ts";
import { transportPair } from "../_transports.ts";

/** A node that was let in, and its own end of the link. */
function joined(fate?: () => number) {
  const transports = transportPair(fate);
  const master = new RemoteNode(transports.master, {
    name: "build-7",
    threads: 3,
    number: 2,
    welcome: "welcome",
    silenceMs: 60_000,
  });
  const own = new Link(transports.node, { role: "node", timeoutMs: 60_000, maxChars: 100_000 });
  const heard: unknown[] = [];
  own.onMessage((text) => heard.push(JSON.parse(text)));
  return { master, own, heard, tell: (message: NodeMessage) => own.send(encode(message)) };
}

const ready = (run: number): NodeMessage => ({ kind: "notice", run, notice: { kind: "ready" } });

Deno.test("a node is called by its number and its own name", () => {
  const { master, own } = joined();
  assertEquals([master.name, master.threads, master.number], ["worker 2 (build-7)", 3, 2]);
  own.close("end of test");
});

Deno.test("orders bear the number of their run, and notices of other runs are dropped", async () => {
  const { master, own, heard, tell } = joined();
  assertEquals(master.isRunning, false);
  const notices: Notice[] = [];
  const channel = master.open(5, 1);
  channel.onNotice((notice) => notices.push(notice));
  assertEquals(master.isRunning, true);
  channel.send({ kind: "stop" });
  tell(ready(4));
  tell(ready(5));
  await until(() => notices.length > 0 && heard.length > 0);
  assertEquals(heard, [{ kind: "order", run: 5, order: { kind: "stop" } }]);
  assertEquals(notices, [{ kind: "ready" }]);
  own.close("end of test");
});

Deno.test("the end of a run is told once, with the node's name on threads that it lost", async () => {
  const { master, own, tell } = joined();
  const notices: Notice[] = [];
  master.open(1, 1).onNotice((notice) => notices.push(notice));
  const health = { cpuUserSec: 1, cpuSystemSec: 0, cores: 2, peakMemoryBytes: 5 };
  const lost = [{ thread: "thread 1", reason: "gone", atMs: 7 }];
  tell({ kind: "notice", run: 1, notice: { kind: "done", report: { health, lost } } });
  tell({ kind: "notice", run: 1, notice: { kind: "failed", message: "afterwards" } });
  await until(() => notices.length > 0);
  own.close("had enough");
  await until(() => master.isLost);
  assertEquals(notices, [{
    kind: "done",
    report: { health, lost: [{ ...lost[0]!, thread: "worker 2 (build-7), thread 1" }] },
  }]);
});

Deno.test("a lost node fails the run that goes on, and every one that is opened later, at once", async () => {
  const { master, own } = joined();
  const reasons: string[] = [];
  master.onLost((reason) => reasons.push(reason));
  const first: Notice[] = [];
  master.open(1, 1).onNotice((notice) => first.push(notice));
  own.close("power failure");
  await until(() => master.isLost);
  const second: Notice[] = [];
  master.open(2, 1).onNotice((notice) => second.push(notice));
  assertEquals(reasons.length, 1);
  assertEquals([first, second], [first, first]);
  assertEquals(first, [{ kind: "failed", message: reasons[0]! }]);
});

Deno.test("who gives a node up loses it with the reason, and the node hears it", async () => {
  const { master, own } = joined();
  const told: string[] = [];
  own.onLost((reason) => told.push(reason));
  const notices: Notice[] = [];
  const channel = master.open(1, 1);
  channel.onNotice((notice) => notices.push(notice));
  channel.giveUp!("it did not get ready");
  assertEquals([master.isLost, notices], [true, [{ kind: "failed", message: "it did not get ready" }]]);
  await until(() => told.length > 0);
  assertEquals(told, ["it did not get ready"]);
});

Deno.test("a closed channel hears nothing more, and the node stays for the next run", async () => {
  const { master, own, tell } = joined();
  const notices: Notice[] = [];
  const channel = master.open(1, 1);
  channel.onNotice((notice) => notices.push(notice));
  channel.close();
  tell(ready(1));
  tell(ready(2));
  master.open(2, 1).onNotice((notice) => notices.push(notice));
  await until(() => notices.length > 0);
  assertEquals([notices, master.isLost], [[{ kind: "ready" }], false]);
  own.close("end of test");
});

Deno.test("a goodbye is waited for until it has arrived, also where frames get lost", async () => {
  for (const fate of [undefined, () => 1]) {
    const { master, heard } = joined(fate);
    await master.reject("there is no further run");
    assertEquals(heard, [{ kind: "bye", reason: "there is no further run" }]);
  }
});
