/** Whose sockets a run uses: chosen by itself, asked for, refused where they are not to be had, named in the reports. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { SOCKETS } from "../_support/sockets.ts";
import { response, startRawServer } from "../_support/raw_server.ts";

const HAS_NATIVE = SOCKETS.length > 1;

interface Ran {
  readonly code: number;
  readonly sockets: string | undefined;
  readonly requests: number | undefined;
  readonly problem: string;
}

async function run(permissions: readonly string[], words: readonly string[]): Promise<Ran> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...permissions, main, "-n", "20", "-c", "2", "--json", "-", ...words],
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  const document = code === 0 ? JSON.parse(text) : undefined;
  return {
    code,
    sockets: document?.client_health.sockets,
    requests: document?.total_requests,
    problem: new TextDecoder().decode(stderr),
  };
}

const LEAST = ["--allow-net", "--allow-env", "--allow-read"];

Deno.test("bench uses native sockets where it may, and the platform's where it may not", async () => {
  await using server = await startRawServer((connection) => connection.send(response("ok")));
  const best = HAS_NATIVE ? "native" : "platform";
  const rows:
    readonly (readonly [permissions: readonly string[], words: readonly string[], sockets: string])[] = [
      [["-A"], ["-t", "1"], best],
      [["-A"], ["-t", "2"], best],
      [["-A"], ["--sockets", "platform"], "platform"],
      [["-A"], ["--client", "fetch"], "platform"],
      [LEAST, [], "platform"],
      // Who may reach some hosts alone could reach all.
      [["--allow-net=127.0.0.1", "--allow-env", "--allow-read", "--allow-ffi"], [], "platform"],
    ];
  for (const [permissions, words, sockets] of rows) {
    const ran = await run(permissions, [...words, server.origin]);
    assertEquals([ran.code, ran.requests, ran.sockets], [0, 20, sockets], `${words} ${ran.problem}`);
  }
});

Deno.test("bench refuses --sockets native before the load where there are none", async () => {
  const least = await run(LEAST, ["--sockets", "native", "http://127.0.0.1:1/"]);
  assertEquals(least.code, 1);
  assertStringIncludes(least.problem, "Cannot use --sockets native: they ");
  const fetch = await run(["-A"], ["--sockets", "native", "--client", "fetch", "http://127.0.0.1:1/"]);
  assertEquals(fetch.code, 1);
  assertStringIncludes(fetch.problem, "--sockets native needs --client raw");
});
