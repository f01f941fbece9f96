/** Values of data, extraction and templates keep their types on the way into requests. */
import { assertEquals } from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const ITEM = '{"n":1000,"s":"1000","t":true,"f":1.5,"big":12345678901234567890,"l":[1,"2"],"o":{"a":null}}';
const ROWS = '[{"id":7,"code":"007","on":false,"none":null,"big":12345678901234567890}]';

interface Sent {
  readonly path: string;
  readonly body: string;
}

/** Runs a scenario file once against a server that answers everything with `ITEM`; gives what it got. */
async function run(scenario: unknown, base: string, ...words: readonly string[]): Promise<readonly Sent[]> {
  await using server = await startRawServer((connection) => connection.send(response(ITEM)));
  await using temp = await tempDir();
  const dir = temp.path;
  await Deno.writeTextFile(
    `${dir}/s.json`,
    JSON.stringify({ base_url: server.origin + base, ...scenario as object }),
  );
  await Deno.writeTextFile(`${dir}/rows.json`, ROWS);
  await Deno.writeTextFile(`${dir}/rows.csv`, "id\n7\n");
  const { code, out, err } = await program([
    ...["--scenario", `${dir}/s.json`, "--iterations", "1", "-c", "1", "-t", "1"],
    ...words.map((word) => word.replace("ORIGIN", server.origin)),
  ]);
  assertEquals(code, 0, out + err);
  return server.requests.map(({ head, body }) => ({
    path: head.split(" ")[1]!,
    body: new TextDecoder().decode(body),
  }));
}

const extract = Object.fromEntries(
  Object.keys(JSON.parse(ITEM)).map((key) => [key, { json: key }]),
);

Deno.test("a placeholder that is a whole JSON value keeps the type of what was extracted", async () => {
  const [, sent] = await run({
    steps: [{ path: "/", extract }, {
      path: "/",
      method: "POST",
      body: {
        n: "${n}",
        s: "${s}",
        t: "${t}",
        f: "${f}",
        big: "${big}",
        l: "${l}",
        o: "${o}",
        list: ["${n}", "${s}"],
        nested: { "${s}": { "${n}": "${n}" } },
        inText: "${n}/${t}",
        twice: "${n}${n}",
        quoted: '"${n}"',
        comma: ',"${n}",',
      },
    }],
  }, "");
  assertEquals(
    sent?.body,
    '{"n":1000,"s":"1000","t":true,"f":1.5,"big":12345678901234567890,"l":[1,"2"],"o":{"a":null},' +
      '"list":[1000,"1000"],"nested":{"1000":{"1000":1000}},"inText":"1000/true","twice":"10001000",' +
      '"quoted":"\\"1000\\"","comma":",\\"1000\\","}',
  );
});

Deno.test("a placeholder that is a whole JSON value keeps the type of rows and functions", async () => {
  const [sent] = await run({
    data: { r: { file: "rows.json" }, c: { file: "rows.csv" } },
    steps: [{
      path: "/${r.id}/${r.none}",
      method: "POST",
      body: {
        id: "${r.id}",
        code: "${r.code}",
        on: "${r.on}",
        none: "${r.none}",
        big: "${r.big}",
        csv: "${c.id}",
        six: "${randint(6,6)}",
        count: "${counter()}",
        text: "${randstr(1)}".length,
      },
    }],
  }, "");
  assertEquals(
    [sent?.path, sent?.body],
    [
      "/7/null",
      '{"id":7,"code":"007","on":false,"none":null,"big":12345678901234567890,"csv":"7","six":6,"count":1,"text":13}',
    ],
  );
});

Deno.test("a body that is a text keeps its quotes", async () => {
  const [, sent] = await run({
    steps: [{ path: "/", extract }, { path: "/", method: "POST", body: '{"n": "${n}", "m": ${n}}' }],
  }, "");
  assertEquals(sent?.body, '{"n": "1000", "m": 1000}');
});

Deno.test("a placeholder without a value stays a string of JSON with keep_literal", async () => {
  const [sent] = await run({
    on_template_error: "keep_literal",
    steps: [{ path: "/", method: "POST", body: { n: "${never}" } }],
  }, "");
  assertEquals(sent?.body, '{"n":"${never}"}');
});

Deno.test("steps go behind the path of base_url, and of a URL of the command line", async () => {
  const steps = [
    { path: "/items" },
    { path: "items/${counter()}?x" },
    { path: "/items/${uuid()}".slice(0, 7) + "${randint(1,1)}" },
    { path: "?page=2" },
  ];
  const paths = async (...args: Parameters<typeof run>) => (await run(...args)).map(({ path }) => path);
  const onApi = ["/api/items", "/api/items/1?x", "/api/items/1", "/api?page=2"];
  assertEquals(await paths({ steps }, "/api"), onApi);
  assertEquals(await paths({ steps }, "/other", "ORIGIN/api"), onApi);
  assertEquals(await paths({ steps: [{ path: "/items" }] }, "/api/"), ["/api/items"]);
  assertEquals(await paths({ steps: [{ path: "/items" }] }, ""), ["/items"]);
});

Deno.test("JSON paths may lead to several values: the first is extracted, and one as expected is enough", async () => {
  const [, sent] = await run({
    steps: [{
      path: "/",
      assert_json: { "$.l[*]": "2", "$..a": "*" },
      extract: { first: { json: "$.l[*]" }, filtered: { json: "$.l[?@ == '2']" }, big: { json: "$..big" } },
    }, { path: "/", method: "POST", body: ["${first}", "${filtered}", "${big}"] }],
  }, "");
  assertEquals(sent?.body, '[1,"2",12345678901234567890]');
});
