/** The target's paths, as they are documented. */
import {
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { isAmong, ROUTES } from "../../src/target/routes.ts";
import { startTarget } from "../../src/target/serve.ts";
import { prepare, send } from "../_support/prepare.ts";
import { createFetchClient } from "../../src/client/fetch/fetch_client.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { until } from "../_support/wait.ts";

async function withTarget(use: (url: string) => Promise<void>): Promise<void> {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await use(target.url);
}

async function statusAndText(url: string, init?: RequestInit): Promise<[number, string]> {
  const response = await fetch(url, { redirect: "manual", ...init });
  return [response.status, await response.text()];
}

interface ResponseRow {
  readonly path: string;
  readonly init?: RequestInit;
  readonly status: number;
  readonly text: RegExp;
}

const ROWS: readonly ResponseRow[] = [
  { path: "/", status: 200, text: /^Hello from bench\n$/ },
  { path: "/?x=/delay/x", status: 200, text: /^Hello/ },
  { path: "/json", status: 200, text: /^\{"id":7,/ },
  { path: "/bytes/0", status: 200, text: /^$/ },
  { path: "/bytes/17", status: 200, text: /^x{17}$/ },
  { path: "/bytes/-1", status: 400, text: /^N of \/bytes\/N must be a number from 0 to / },
  { path: "/bytes/1e3", status: 400, text: /^N of / },
  { path: "/bytes/99999999999", status: 400, text: /^N of / },
  { path: "/stream/0", status: 200, text: /^$/ },
  { path: "/stream/3", status: 200, text: /^x{3072}$/ },
  { path: "/status/418", status: 418, text: /^$/ },
  { path: "/status/204", status: 204, text: /^$/ },
  { path: "/status/99", status: 400, text: /^CODE of \/status\/CODE must be a number from 200 to 599\n$/ },
  { path: "/delay/0", status: 200, text: /^Waited 0 ms\n$/ },
  { path: "/delay/soon", status: 400, text: /^MS of / },
  { path: "/stall/100/0", status: 200, text: /^Running\n$/ },
  { path: "/stall/10/100", status: 400, text: /^MS must not be longer than EVERY\n$/ },
  { path: "/flaky/0", status: 200, text: /^Fine\n$/ },
  { path: "/flaky/100", status: 500, text: /^Failed on purpose\n$/ },
  { path: "/flaky/0.5%", status: 400, text: /^PERCENT of / },
  { path: "/capacity/0/10", status: 400, text: /^SLOTS of / },
  { path: "/login", status: 405, text: /^Only POST\n$/ },
  { path: "/private", status: 401, text: /No valid session cookie/ },
  { path: "/cookies", status: 200, text: /^\{\}$/ },
  {
    path: "/cookies",
    init: { headers: { cookie: "a=1; b=x=y" } },
    status: 200,
    text: /^\{"a":"1","b":"x=y"\}$/,
  },
  { path: "/redirect/1", status: 302, text: /^Moved\n$/ },
];

for (const { path, init, status, text } of ROWS) {
  Deno.test(`the target answers ${path} with ${status}${init ? " and what it was sent" : ""}`, async () => {
    await withTarget(async (url) => {
      const [gotStatus, gotText] = await statusAndText(url + path, init);
      assertEquals(gotStatus, status);
      assertMatch(gotText, text);
    });
  });
}

Deno.test("every route has a row of help, and every number its range", () => {
  for (const { path, help, ranges = [] } of ROUTES) {
    assertMatch(help, /^[A-Z].*[^.]$/);
    assertEquals(ranges.length, path.match(/[A-Z]+/g)?.length ?? 0, path);
  }
});

Deno.test("an unknown path is told which routes there are", async () => {
  await withTarget(async (url) => {
    for (const path of ["/delya/5", "/delay", "/delay/5/5", "//"]) {
      const [status, list] = await statusAndText(url + path);
      assertEquals(status, 404, path);
      for (const route of ROUTES) assertStringIncludes(list, route.path);
    }
  });
});

Deno.test("/bytes declares its length, /stream does not", async () => {
  await withTarget(async (url) => {
    const client = createFetchClient({ ...PLAIN_CLIENT, kind: "fetch" });
    for (const size of [1, 65_536, 65_537, 5_000_000]) {
      const out = await send(client, prepare(`${url}/bytes/${size}`));
      assertEquals([out.status, out.bodyBytes, out.declaredLength], [200, size, size]);
    }
    const head = await send(client, prepare(`${url}/bytes/5000000`, { method: "HEAD" }));
    assertEquals([head.status, head.bodyBytes, head.declaredLength], [200, 0, 5_000_000]);
    const stream = await send(client, prepare(`${url}/stream/2000`));
    assertEquals([stream.status, stream.bodyBytes, stream.declaredLength], [200, 2_048_000, -1]);
    client.close();
  });
});

Deno.test("/gzip codes the body only for clients that accept it", async () => {
  await withTarget(async (url) => {
    const rows: [accept: string, isCoded: boolean][] = [
      ["gzip", true],
      ["br, gzip;q=0.5", true],
      ["*", true],
      ["identity", false],
      ["gzip;q=0, identity", false],
      ["br", false],
    ];
    const client = createFetchClient({ ...PLAIN_CLIENT, kind: "fetch" });
    for (const [accept, isCoded] of rows) {
      const headers = [["Accept-Encoding", accept]] as const;
      const out = await send(
        client,
        prepare(`${url}/gzip/50000`, { headers, wantsHead: true, wantsBody: true }),
      );
      assertEquals(/^content-encoding: gzip/im.test(new TextDecoder().decode(out.head!)), isCoded, accept);
      assertEquals(out.body!.length, 50_000);
      if (isCoded) assertLess(out.bodyBytes, 5000);
    }
    client.close();
  });
});

Deno.test("/echo sends the request back", async () => {
  await withTarget(async (url) => {
    const init = { method: "PUT", headers: { "x-mine": "1" }, body: "héllo" };
    const [, text] = await statusAndText(`${url}/echo?a=1&b=%20`, init);
    const { method, path, headers, body } = JSON.parse(text);
    assertEquals([method, path, body], ["PUT", "/echo?a=1&b=%20", "héllo"]);
    assertEquals(Object.fromEntries(headers)["x-mine"], "1");
  });
});

Deno.test("/echo refuses bodies that are too long", async () => {
  await withTarget(async (url) => {
    const [status] = await statusAndText(`${url}/echo`, { method: "POST", body: new Uint8Array(10_485_761) });
    assertEquals(status, 413);
  });
});

Deno.test("/delay waits", async () => {
  await withTarget(async (url) => {
    const started = performance.now();
    await statusAndText(`${url}/delay/60`);
    assertGreaterOrEqual(performance.now() - started, 59);
  });
});

Deno.test("isAmong() takes its share of any stretch, evenly", () => {
  for (const percent of [0, 0.5, 7, 25, 29, 33.3, 50, 99, 100]) {
    let taken = 0;
    for (let k = 0; k < 10_000; k++) {
      if (isAmong(percent, k)) taken++;
      assertLess(Math.abs(taken - (k + 1) * percent / 100), 1);
    }
    assertEquals(taken, Math.round(percent * 100));
  }
});

Deno.test("/flaky fails its share, each share counted by itself", async () => {
  await withTarget(async (url) => {
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      statuses.push((await statusAndText(`${url}/flaky/25`))[0]);
      await statusAndText(`${url}/flaky/50`);
    }
    assertEquals(statuses, [200, 200, 200, 500, 200, 200, 200, 500]);
  });
});

Deno.test("/hang leaves every third request without a response, until the target closes", async () => {
  const target = startTarget({ port: 0, hostname: "127.0.0.1" });
  assertEquals((await statusAndText(`${target.url}/hang/3`))[0], 200);
  assertEquals((await statusAndText(`${target.url}/hang/3`))[0], 200);
  const third = statusAndText(`${target.url}/hang/3`).then(() => "answered", () => "cut");
  await until(() => target.counts.get("/hang/3") === 3);
  assertEquals((await statusAndText(`${target.url}/hang/3`))[0], 200);
  await target.close();
  assertEquals(await third, "cut");
});

Deno.test("/capacity serves only so many at a time", async () => {
  await withTarget(async (url) => {
    const started = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => statusAndText(`${url}/capacity/2/40`)));
    assertGreaterOrEqual(performance.now() - started, 118);
  });
});

Deno.test("/private wants cookie and token of one login", async () => {
  await withTarget(async (url) => {
    const logIn = async () => {
      const login = await fetch(`${url}/login`, { method: "POST" });
      const cookie = login.headers.get("set-cookie")!.split(";")[0]!;
      return { cookie, authorization: `Bearer ${(await login.json()).token}` };
    };
    const [own, other] = [await logIn(), await logIn()];
    const status = async (headers: Record<string, string>) =>
      (await statusAndText(`${url}/private`, { headers }))[0];
    assertEquals(await status(own), 200);
    assertEquals(await status({ cookie: own.cookie }), 401);
    assertEquals(await status({ authorization: own.authorization }), 401);
    assertEquals(await status({ ...own, authorization: other.authorization }), 401);
  });
});

Deno.test("/cookies counts the visits of a client that keeps its cookie", async () => {
  await withTarget(async (url) => {
    let cookie = "";
    for (const visit of [1, 2, 3]) {
      const response = await fetch(`${url}/cookies`, { headers: { cookie } });
      await response.body?.cancel();
      cookie = response.headers.get("set-cookie")!.split(";")[0]!;
      assertEquals(cookie, `visits=${visit}`);
    }
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

Deno.test("startTarget() lets its owner read the counts, and closes with requests open", async () => {
  const target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await statusAndText(`${target.url}/bytes/5`);
  const open = statusAndText(`${target.url}/delay/600000`).then(() => "answered", () => "cut");
  await statusAndText(`${target.url}/bytes/5`);
  await until(() => target.counts.has("/delay/600000"));
  assertEquals(Object.fromEntries(target.counts), { "/bytes/5": 2, "/delay/600000": 1 });
  await target.close();
  assertEquals(await open, "cut");
});
