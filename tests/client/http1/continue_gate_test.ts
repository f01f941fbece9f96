/** Which servers are blamed for not asking for a body that waits. */
import { assertEquals } from "@std/assert";
import { ContinueGate } from "../../../src/client/http1/continue_gate.ts";
import { pause } from "../../_support/wait.ts";

Deno.test("ContinueGate blames no server whose answer was there before the head was out", async () => {
  const ignorers = new Set<string>();
  const answered = new ContinueGate("http://a.test", ignorers);
  answered.see({ status: 200, isContinued: false });
  const closed = new ContinueGate("http://b.test", ignorers);
  closed.close();
  assertEquals([await answered.wait(), await closed.wait()], [false, false]);
  await pause(1100);
  assertEquals([...ignorers], []);
});
