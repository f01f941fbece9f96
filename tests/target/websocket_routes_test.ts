/** The built-in target's WebSockets and streams do what their help says, and tell how long they held things. */
import { assert, assertEquals } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { until } from "../_support/wait.ts";

/** Sends messages and gathers what comes back, until there are so many, or the server closes: then its code. */
function talk(
  url: string,
  messages: readonly string[],
  replies: number,
): Promise<readonly (string | number)[]> {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  const got: (string | number)[] = [];
  const { promise, resolve } = Promise.withResolvers<typeof got>();
  socket.onopen = () => messages.forEach((message) => socket.send(message));
  socket.onmessage = ({ data }) => {
    if (got.push(data) === replies) socket.close();
  };
  socket.onclose = ({ code }) => resolve(got.length === replies ? got : [...got, code]);
  return promise;
}

Deno.test("WebSockets of the target delay, withhold and close as they are told", async () => {
  const held: number[] = [];
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", onHeld: (ms) => held.push(ms) });
  const { url } = target;
  assertEquals(await talk(`${url}/ws/delay/30`, ["a", "b"], 2), ["a", "b"]);
  assertEquals(held.length, 2);
  assert(held.every((ms) => ms >= 29), `${held}`);
  assertEquals(await talk(`${url}/ws/withhold/3`, ["1", "2", "3", "4", "5", "6", "7"], 5), [
    "1",
    "2",
    "4",
    "5",
    "7",
  ]);
  assertEquals(await talk(`${url}/ws/close/4000`, ["a"], 1), [4000]);
  const refused = await fetch(`${url}/ws/close/1001`);
  assertEquals([refused.status, await refused.text()], [400, "Expected 1000, or 3000 to 4999\n"]);
  held.length = 0;
  // The first message is at the start of a period.
  assertEquals(await talk(`${url}/ws/stall/2000/1000`, ["a"], 1), ["a"]);
  assert(held[0]! < 500, `${held}`);
});

Deno.test("a stream of the target is silent in its middle", async () => {
  const held: number[] = [];
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", onHeld: (ms) => held.push(ms) });
  // Whoever was held up by the machine makes up for it: then once more.
  await until(async () => {
    held.length = 0;
    const response = await fetch(`${target.url}/sse/4/10/100`);
    assertEquals((await response.text()).match(/\d+/g), ["1", "2", "3", "4"]);
    assertEquals(held.length, 3);
    return held[1]! >= 90 && held[1]! === Math.max(...held);
  });
});
