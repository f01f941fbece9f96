/** What the target remembers of its requests. */
import { assertEquals } from "@std/assert";
import { Journal } from "../../src/target/journal.ts";
import { startTarget } from "../../src/target/serve.ts";

Deno.test("a journal keeps the last requests in the order of their arrival, bodies as text or base64", async () => {
  const journal = new Journal(2);
  const bodies = ["first", "ü\ufeff", Uint8Array.of(0xff, 0)];
  await Promise.all(
    bodies.map((body, i) =>
      journal.add(new Request(`http://h/${i}?q`, { method: "POST", headers: { "X-A": "1" }, body }))
    ),
  );
  assertEquals(
    journal.requests.map(({ method, path, body, body_base64 }) => [method, path, body, body_base64]),
    [
      ["POST", "/1?q", "ü\ufeff", undefined],
      ["POST", "/2?q", undefined, "/wA="],
    ],
  );
  assertEquals(journal.requests[1]?.headers.find(([name]) => name === "x-a"), ["x-a", "1"]);
  journal.clear();
  assertEquals(journal.requests, []);
});

Deno.test("/requests lists what arrived and forgets it, and is not in the list itself", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", keep: 5 });
  const list = async (method = "GET") => await (await fetch(`${target.url}/requests`, { method })).json();
  await (await fetch(`${target.url}/echo`, { method: "PUT", body: "x" })).text();
  assertEquals((await list()).map((seen: { path: string; body: string }) => [seen.path, seen.body]), [[
    "/echo",
    "x",
  ]]);
  assertEquals(target.seen.length, 1);
  assertEquals(await list("DELETE"), []);
});

Deno.test("a target that is not told to remembers no request", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await (await fetch(`${target.url}/json`)).text();
  assertEquals([target.seen, target.counts.get("/json")], [[], 1]);
});

Deno.test("a WebSocket opens on a target that keeps requests", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", keep: 5 });
  const socket = new WebSocket(`${target.url.replace("http", "ws")}/ws/echo`);
  const echoed = await new Promise((resolve) => {
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => resolve(data);
    socket.onclose = ({ code }) => resolve(`closed: ${code}`);
  });
  const isClosed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await isClosed;
  assertEquals([echoed, target.seen.map(({ path }) => path)], ["hello", ["/ws/echo"]]);
});
