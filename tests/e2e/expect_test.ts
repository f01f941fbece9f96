/** `Expect: 100-continue` with servers that ask for the body, refuse it, or say nothing. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** A body that curl would ask about. */
const BODY_BYTES = 1_500_000;

interface Result {
  readonly code: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
  /** For each request that came whole: whether it asked. */
  readonly asked: readonly boolean[];
}

/** Ten requests with a body of 1.5 MB to a server that never heard of `Expect`. */
async function run(...words: readonly string[]): Promise<Result> {
  await using temp = await tempDir();
  const dir = temp.path;
  await Deno.writeFile(`${dir}/body`, new Uint8Array(BODY_BYTES));
  await using server = await startRawServer((connection) => connection.send(response("ok")));
  const { code, out } = await program([
    ...["-n", "10", "-c", "2", "-t", "1", "-m", "POST", "-p", `${dir}/body`],
    ...["--json", `${dir}/r.json`, ...words, server.origin],
  ]);
  const json = JSON.parse(await Deno.readTextFile(`${dir}/r.json`));
  const asked = server.requests.map(({ head }) => /^expect: 100-continue$/im.test(head));
  return { code, text: out.replace(/\s+/g, " "), json, asked };
}

Deno.test("bench does not ask before bodies unless told to", async () => {
  const { code, text, json, asked } = await run();
  assertEquals([code, json["total_requests"], json["total_errors"]], [0, 10, 0]);
  assertEquals([asked.includes(true), "expect_waits" in json], [false, false]);
  assert(!text.includes("Expect"));
});

for (const words of [["--expect-continue"], ["-H", "Expect: 100-continue"]]) {
  Deno.test(`bench ${words.join(" ")} shows how long a server that ignores it was waited for`, async () => {
    const { code, text, json, asked } = await run(...words);
    assertEquals([code, json["total_errors"], asked.includes(false)], [0, 0, false]);
    assertGreater(json["expect_waits"] as number, 0);
    assertLess(json["expect_waits"] as number, 10);
    assertGreater(json["expect_wait_mean_ms"] as number, 900);
    assertMatch(text, /Expect: 100-continue held the bod(?:y|ies) of \d+ requests? back for \d/);
  });
}

/** Answers heads that ask with 417, others when they are whole. Node's and Deno's own servers hide that. */
function refusing(): { readonly origin: string; readonly refusals: () => number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let refusals = 0;
  const serve = async (conn: Deno.Conn) => {
    const bytes = new Uint8Array(65_536);
    let head = "";
    let left = 0;
    for (let got = await conn.read(bytes); got !== null; got = await conn.read(bytes)) {
      if (left === 0) {
        head += new TextDecoder("latin1").decode(bytes.subarray(0, got));
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) continue;
        if (/^expect:/im.test(head)) {
          refusals++;
          head = "";
          await conn.write(new TextEncoder().encode(response("no", { status: "417 Expectation Failed" })));
          continue;
        }
        left = Number(/^content-length: (\d+)/im.exec(head)![1]) - (head.length - end - 4);
        head = "";
      } else left -= got;
      if (left === 0) await conn.write(new TextEncoder().encode(response("ok")));
    }
    conn.close();
  };
  (async () => {
    for await (const conn of listener) serve(conn).catch(() => {});
  })().catch(() => {});
  return {
    origin: `http://127.0.0.1:${listener.addr.port}`,
    refusals: () => refusals,
    [Symbol.dispose]: () => listener.close(),
  };
}

Deno.test("bench --expect-continue sends a request that is refused with 417 again, without the question", async () => {
  using server = refusing();
  await using temp = await tempDir();
  const path = `${temp.path}/file`;
  await Deno.writeFile(path, new Uint8Array(BODY_BYTES));
  const { code, out } = await program([
    ...["-n", "10", "-c", "1", "-t", "1", "-m", "POST", "-p", path, "--expect-continue"],
    ...["--json", "-", server.origin],
  ]);
  const json = JSON.parse(out);
  assertEquals([code, json.total_requests, json.total_errors], [0, 10, 0]);
  assertEquals(json.status_codes, { 200: 10 });
  assertEquals([json.expect_refusals, server.refusals()], [1, 1]);
  assertStringIncludes(
    JSON.stringify(json.notes),
    "refused Expect: 100-continue with 417: 1 request was sent again",
  );
});
