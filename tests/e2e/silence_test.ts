/** A server that stops responding without closing a connection: no error shows it, so a warning must. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { TrustJson } from "../../src/result/document/trust_json.ts";
import { unixTest } from "../_support/peers.ts";
import { program, programUntil } from "../_support/program.ts";
import { startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

interface HangingServer extends AsyncDisposable {
  readonly url: string;
  /** Whether a request has waited so long that it must be told of. */
  isLong(): boolean;
}

/** So many are answered before the first one that is not: their median is no matter of a moment in which nothing ran. */
const RESPONSES = 200;

/** At least this long, and longer than ten medians of whatever users there are in these tests. */
const longMs = (tookMs: number) => Math.max(2000, 10 * 8 * 3 * tookMs / RESPONSES);

/** Responds to so many requests, then to none of those that are `isHung`. HTTP/1.1, and HTTP/2 to those who begin so. */
function startHanging(isHung: (number: number) => boolean = () => true): HangingServer {
  const closing = new AbortController();
  let seen = 0;
  let firstMs = 0;
  let hungMs = Infinity;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen: () => {} },
    async () => {
      const number = ++seen;
      if (number === 1) firstMs = performance.now();
      if (number > RESPONSES && isHung(number)) {
        hungMs = Math.min(hungMs, performance.now());
        await new Promise<void>((resolve) => closing.signal.addEventListener("abort", () => resolve()));
      }
      return new Response("ok");
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    isLong: () => performance.now() - hungMs > longMs(hungMs - firstMs),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server.finished;
    },
  };
}

const SILENT = /No response since \d+\.?\d*s; \d+ requests? in flight/;

const LOADS: Readonly<Record<string, readonly string[]>> = {
  "connections": ["-c", "4"],
  "a fixed number of requests": ["-c", "4", "-n", `${RESPONSES + 8}`, "--timeout", "3s"],
  "users": ["-u", "4", "--think-time", "0.01"],
  "a rate": ["--rate", "400", "-c", "8"],
  "HTTP/2": ["-c", "1", "--http2", "--streams", "4"],
  "fetch": ["-c", "4", "--client", "fetch"],
};

unixTest("a server that stops responding is told of, whatever the load", [], async () => {
  // They do nothing but wait, so all wait at the same time.
  await Promise.all(
    Object.entries(LOADS).map(async ([title, words]) => {
      await using server = startHanging();
      const isAmount = words.includes("-n");
      const args = [...words, "-t", "1", "--json", "-", `${server.url}/`];
      const { out, err } = isAmount
        ? await program(args)
        : await programUntil(server.isLong, ["-d", "600", ...args]);
      const trust: TrustJson = JSON.parse(out).trust;
      assert(!trust.sound, `${title}: ${err}`);
      const text = trust.findings.find(({ kind }) => kind === "silent")?.text ?? "";
      assertMatch(
        text,
        isAmount ? /No response since .*; the last requests timed out/ : SILENT,
        `${title}: ${err}`,
      );
    }),
  );
});

unixTest(
  "a silent server stands in every form of the report, and in those of the saved run",
  [],
  async () => {
    await using server = startHanging();
    await using temp = await tempDir();
    const dir = temp.path;
    await Deno.writeTextFile(
      `${dir}/flow.yaml`,
      `base_url: ${server.url}\nsteps:\n  - {name: first, path: /a}\n  - {name: second, path: /b, assert_status: 200}\n`,
    );
    const { code, out } = await programUntil(server.isLong, [
      ...["--scenario", `${dir}/flow.yaml`, "-c", "4", "-d", "600", "-t", "1", "--strict-trust"],
      ...[
        "--json",
        `${dir}/run.json`,
        "--html-report",
        `${dir}/run.html`,
        "--junit",
        `${dir}/run.xml`,
        "--threshold",
        "error_rate < 1",
      ],
    ]);
    assertEquals(code, 1, "--strict-trust");
    const flat = (text: string) => text.replaceAll(/\s+/g, " ");
    const json = await Deno.readTextFile(`${dir}/run.json`);
    assertMatch(flat(out), SILENT);
    assertMatch(JSON.parse(json).notes.map(({ text }: { text: string }) => text).join("\n"), SILENT);
    assertMatch(await Deno.readTextFile(`${dir}/run.html`), SILENT);
    assertMatch(await Deno.readTextFile(`${dir}/run.xml`), SILENT);
    const summary = await program(["summary", `${dir}/run.json`]);
    assertMatch(summary.out.replaceAll("\\", ""), SILENT);
    await program([
      "report",
      `${dir}/run.json`,
      "--html-report",
      `${dir}/again.html`,
      "--json",
      `${dir}/again.json`,
    ]);
    assertMatch(await Deno.readTextFile(`${dir}/again.html`), SILENT);
    const again: { trust: TrustJson } = JSON.parse(await Deno.readTextFile(`${dir}/again.json`));
    assertEquals(again.trust, JSON.parse(json).trust);
  },
);

unixTest("one connection that hangs among others that do not is told of", [], async () => {
  await using server = startHanging((number) => number === RESPONSES + 10);
  const words = ["-c", "4", "-d", "600", "-t", "1", "--json", "-", `${server.url}/`];
  const { out } = await programUntil(server.isLong, words);
  const [finding] = JSON.parse(out).trust.findings.filter(({ kind }: { kind: string }) => kind === "silent");
  assertMatch(
    finding?.text ?? "",
    /^1 of the requests in flight at the end got no response, the oldest sent at \d/,
  );
});

unixTest("a response that is still coming in at the end is not called missing", [], async () => {
  const piece = "x".repeat(1000);
  const sinceMs: number[] = [];
  await using server = await startRawServer(async (connection, { number }) => {
    if (number < 50) return await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    sinceMs.push(performance.now());
    let isOpen = true;
    connection.closed.then(() => isOpen = false);
    while (isOpen) {
      await connection.send(piece);
      await pause(20);
    }
  });
  const isLong = () => sinceMs.length === 2 && performance.now() - sinceMs[1]! > 1000;
  const words = ["-c", "2", "-d", "600", "-t", "1", "--json", "-", `${server.origin}/`];
  const { out } = await programUntil(isLong, words);
  const { trust, unfinished_requests } = JSON.parse(out);
  assertEquals(unfinished_requests, 2);
  assertEquals(trust.findings.filter(({ kind }: { kind: string }) => kind === "silent"), []);
});
