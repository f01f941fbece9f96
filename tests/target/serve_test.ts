import { assert, assertEquals, assertGreaterOrEqual, assertLess, assertStringIncludes } from "@std/assert";
import { ROUTES } from "../../src/target/routes.ts";
import { startTarget } from "../../src/target/serve.ts";

async function withTarget(use: (url: string) => Promise<void>): Promise<void> {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await use(target.url);
}

async function statusAndText(url: string, init?: RequestInit): Promise<[number, string]> {
  const response = await fetch(url, { redirect: "manual", ...init });
  return [response.status, await response.text()];
}

Deno.test("the target answers each simple route as its help says", async () => {
  await withTarget(async (url) => {
    assertEquals((await statusAndText(`${url}/`))[0], 200);
    assertEquals((await statusAndText(`${url}/bytes/123456`))[1].length, 123_456);
    assertEquals((await statusAndText(`${url}/stream/3`))[1].length, 3072);
    assertEquals((await statusAndText(`${url}/gzip/5000`))[1], "x".repeat(5000));
    assertEquals((await statusAndText(`${url}/status/418`))[0], 418);
    assertEquals(await statusAndText(`${url}/status/204`), [204, ""]);
    assertEquals((await statusAndText(`${url}/status/99`))[0], 400);
    const [, echoed] = await statusAndText(`${url}/echo?a=1`, { method: "POST", body: "hi" });
    const { method, path, body } = JSON.parse(echoed);
    assertEquals([method, path, body], ["POST", "/echo?a=1", "hi"]);
  });
});

Deno.test("/delay waits", async () => {
  await withTarget(async (url) => {
    const started = performance.now();
    await statusAndText(`${url}/delay/60`);
    assertGreaterOrEqual(performance.now() - started, 59);
  });
});

Deno.test("/flaky fails its share, evenly spread", async () => {
  await withTarget(async (url) => {
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) statuses.push((await statusAndText(`${url}/flaky/25`))[0]);
    assertEquals(statuses.filter((status) => status === 500).length, 5);
    assertEquals(statuses.slice(0, 4), [200, 200, 200, 500]);
  });
});

Deno.test("/hang leaves every third request without an answer", async () => {
  await withTarget(async (url) => {
    assertEquals((await statusAndText(`${url}/hang/3`))[0], 200);
    assertEquals((await statusAndText(`${url}/hang/3`))[0], 200);
    const controller = new AbortController();
    const third = fetch(`${url}/hang/3`, { signal: controller.signal }).then(
      () => "answered",
      () => "given up",
    );
    setTimeout(() => controller.abort(), 50);
    assertEquals(await third, "given up");
  });
});

Deno.test("/capacity serves only so many at a time", async () => {
  await withTarget(async (url) => {
    const started = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => statusAndText(`${url}/capacity/2/40`)));
    assertGreaterOrEqual(performance.now() - started, 118);
  });
});

Deno.test("/stall holds answers once", async () => {
  await withTarget(async (url) => {
    await statusAndText(`${url}/stall/0/80`);
    const started = performance.now();
    await statusAndText(`${url}/stall/0/80`);
    assertLess(performance.now() - started, 75);
  });
});

Deno.test("/private wants cookie and token of one login", async () => {
  await withTarget(async (url) => {
    const login = await fetch(`${url}/login`, { method: "POST" });
    const cookie = login.headers.get("set-cookie")!.split(";")[0]!;
    const { token } = await login.json();
    const authorization = `Bearer ${token}`;
    assertEquals((await statusAndText(`${url}/private`, { headers: { cookie, authorization } }))[0], 200);
    assertEquals((await statusAndText(`${url}/private`, { headers: { cookie } }))[0], 401);
    assertEquals((await statusAndText(`${url}/private`, { headers: { authorization } }))[0], 401);
  });
});

Deno.test("/redirect leads to / in N steps, and /counter saw them", async () => {
  await withTarget(async (url) => {
    const response = await fetch(`${url}/redirect/2`);
    await response.body?.cancel();
    assertEquals(new URL(response.url).pathname, "/");
    const [, counts] = await statusAndText(`${url}/counter`);
    assertEquals(JSON.parse(counts), { "/redirect/2": 1, "/redirect/1": 1, "/": 1 });
  });
});

Deno.test("an unknown path is told which routes there are", async () => {
  await withTarget(async (url) => {
    const [status, list] = await statusAndText(`${url}/delya/5`);
    assertEquals(status, 404);
    for (const { path } of ROUTES) assertStringIncludes(list, path);
    assert((await statusAndText(`${url}/delay/x`))[0] === 404);
  });
});
