/** Modules that the importers write have the right types, and send the requests of the scenario files. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { program } from "../_support/program.ts";
import { type RawRequest, response, startRawServer } from "../_support/raw_server.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ENV = { TOKEN: "t`o$k", API_TOKEN: "tok", PW: "secret" };

/** A request but for what is made up anew: ids, random texts, times. */
function told({ head, body }: RawRequest): readonly string[] {
  const [line = "", ...fields] = head.split("\r\n");
  const text = new TextDecoder("latin1").decode(body).replace(
    /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g,
    "UUID",
  );
  return [line, ...fields.map((field) => field.replace(/^[^:]*/, (name) => name.toLowerCase())).sort(), text];
}

/** A recording with all that needs care: quotes, placeholders, bytes, odd paths, several lines, pauses, other methods. */
function recording(origin: string): string {
  const entry = (second: number, request: Record<string, unknown>, status = 200) => ({
    startedDateTime: `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`,
    time: 10,
    request: { method: "GET", headers: [], ...request },
    response: { status },
  });
  const json = (text: string, type = "application/json") => ({ mimeType: type, text });
  return JSON.stringify({
    log: {
      creator: { name: "x" },
      entries: [
        entry(0, { url: `${origin}/items` }),
        entry(1, { url: `${origin}//two/\${slashes}/42?q=%60a%60&n='"\`` }),
        entry(1, {
          url: `${origin}/api/orders`,
          method: "POST",
          headers: [
            { name: "X-Many", value: "1" },
            { name: "Cookie", value: "a=`1`; b={two}" },
            { name: "x-odd", value: '\\ " ` $ {name}' },
            { name: "content-type", value: "application/json" },
          ],
          postData: json(
            '{"__proto__":{"a":1},"a-b":"`${x}` \\" \\\\ ü","list":[1,{"deep":null}],"long":"' +
              "x".repeat(99) + '"}',
          ),
        }, 201),
        entry(1, {
          url: `${origin}/api/spaced`,
          method: "PUT",
          postData: json('{ "a": 1.0, "id": 12345678901234567890 }'),
        }),
        entry(1, {
          url: `${origin}/api/typed`,
          method: "PATCH",
          postData: json('{"a":1}', "application/merge-patch+json"),
        }),
        entry(1, {
          url: `${origin}/api/text`,
          method: "POST",
          postData: json("line\r\n`${a}`\u2028\\", "text/plain"),
        }),
        entry(1, {
          url: `${origin}/api/bytes`,
          method: "POST",
          postData: { mimeType: "application/octet-stream", text: "/wAB", encoding: "base64" },
        }),
        entry(1, { url: `${origin}/api/items/7`, method: "DELETE" }),
        entry(1, { url: `${origin}/api/items`, method: "OPTIONS" }),
        entry(1, { url: `${origin}/api/items`, method: "HEAD" }, 204),
      ],
    },
  });
}

Deno.test("--format script: modules of the importers send what the scenario files send, and have the right types", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection, { head }) =>
    void connection.send(head.startsWith("HEAD") ? "HTTP/1.1 204 No Content\r\n\r\n" : response("{}"))
  );
  const { origin } = server;
  await Deno.writeTextFile(`${temp.path}/a.har`, recording(origin));
  await Deno.writeTextFile(
    `${temp.path}/commands.txt`,
    `curl '${origin}/a?b=c' -H 'User-Agent:' --next -X PURGE '${origin}/b' -d '{"a":[1]}' -H 'Content-Type: application/json'\n`,
  );
  const imports = {
    har: ["har-import", `${temp.path}/a.har`, "--preserve-headers", "--think-time-multiplier", "0.1"],
    shop: ["har-import", `${ROOT}fixtures/har/shop.har`, "--no-think-time", "--include-static"],
    curl: ["curl-import", `${temp.path}/commands.txt`],
    openapi: [
      ...["openapi-import", `${ROOT}fixtures/openapi/shop.yaml`, "--base-url", `${origin}/v1`],
      ...["--method", "GET", "--method", "POST", "--method", "DELETE"],
    ],
    postman: ["postman-import", `${ROOT}fixtures/postman/shop.json`, "--var", `baseUrl=${origin}`],
  };
  const modules: string[] = [];
  for (const [name, words] of Object.entries(imports)) {
    const requests: RawRequest[][] = [];
    for (const format of ["scenario", "script"]) {
      const file = `${temp.path}/${name}.${format === "script" ? "ts" : "json"}`;
      const imported = await program([...words, "--format", format, "-o", file]);
      assertEquals(imported.code, 0, imported.err);
      if (format === "script") assertMatch(imported.out, /^Module with \d+ requests written to /);
      const written = await Deno.readTextFile(file);
      const needed = Object.fromEntries(
        [...written.matchAll(/env\(\\?"?(\w+)/g)].map(([, variable]) => [variable!, "1"]),
      );
      const before = server.requests.length;
      const { code, err } = await program(
        ["--scenario", file, ...(name === "shop" ? [origin] : []), "--iterations", "1", "-c", "1"],
        { ...needed, ...ENV },
      );
      assertEquals(code, 0, `${name} ${format}: ${err}`);
      requests.push(server.requests.slice(before));
    }
    const [scenario = [], script = []] = requests.map((list) => list.map(told));
    assert(script.length > 1);
    assertEquals(script, scenario, name);
    modules.push(`${temp.path}/${name}.ts`);
  }
  for (const module of modules) {
    const typed = (await Deno.readTextFile(module)).replace(
      '"@x/bench/script"',
      `"file://${ROOT}src/script.ts"`,
    );
    await Deno.writeTextFile(module, typed);
  }
  const { code, err } = await run(Deno.execPath(), ["check", "--config", `${ROOT}deno.json`, ...modules]);
  assertEquals(code, 0, err);
  const har = await Deno.readTextFile(`${temp.path}/har.ts`);
  assertStringIncludes(har, '  await http.get("/items");\n  await pause(0.1);\n');
});

Deno.test("--format script: a header that looks like a placeholder is sent as it is; lines of one name are put together", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection) => void connection.send(response("{}")));
  const file = `${temp.path}/a.ts`;
  const command = `curl '${server.origin}/a' -H 'X-A: \`\${uuid()}\` "' -H 'X-B: 1' -H 'X-B: 2'`;
  const imported = await program(["curl-import", command, "--format", "script", "-o", file]);
  assertEquals(
    imported.err,
    "Headers with several lines, which a module sends as one line with commas: X-B\n",
  );
  const { code, err } = await program([file, "--iterations", "1", "-c", "1"]);
  assertEquals(code, 0, err);
  const [, ...fields] = server.requests[0]!.head.split("\r\n");
  assertEquals(fields.filter((field) => /^x-/i.test(field)), ['X-A: `${uuid()}` "', "X-B: 1, 2"]);
});
