/** What servers, peers and files say can neither move a cursor nor end a line, nor command a CI system. */
import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { startFrameServer } from "../_support/frame_server.ts";
import { type Command, manyPrograms } from "../_support/many_programs.ts";
import { startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const BAD = "\n::error::forged\r\u001b[2J\u009b\u202e\u2028##[error]forged";
/** What no line of an output may hold; a line begins where a CI system says so. */
// deno-lint-ignore no-control-regex -- these are what is looked for
const HARMFUL = /^\s*::[a-z]+[ :]|##\[|##vso\[|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/im;

function harmIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((given) => {
    const text = given.replaceAll("\r\n", "\n");
    const found = HARMFUL.exec(text);
    return found === null
      ? []
      : [JSON.stringify(text.slice(Math.max(0, found.index - 80), found.index + 40))];
  });
}

Deno.test("a server's words stay words in every output", async () => {
  const bytes = new TextEncoder();
  await using folded = await startRawServer((connection) => {
    const body = JSON.stringify({ id: BAD }) + BAD;
    return connection.send(
      `HTTP/1.1 200 ::error::forged\r\nX-A: a\r\n ::error::folded\r\nX-B: \u009b31m\u202e\r\n` +
        `X-C: a ##[error]forged\r\nContent-Length: ${bytes.encode(body).length}\r\n\r\n${body}`,
    );
  });
  await using broken = await startRawServer((connection) => connection.end(`${BAD}\r\n\r\n`));
  await using goaway = await startFrameServer(async (peer) => {
    await peer.nextRequest();
    peer.goaway(0, 1, BAD);
    peer.end();
  });
  await using temp = await tempDir();
  const folder = temp.path;
  const scenario = `${folder}/s.yaml`;
  await Deno.writeTextFile(
    scenario,
    `name: "a\\n::error::forged"\nbase_url: ${folded.origin}\nsteps:\n` +
      `  - {name: "b\\n::error::forged \\u009b ##[error]x", path: /, extract: {id: {json: id}, all: {header: X-C}}}\n` +
      `  - {name: "::warning::c", path: "/\${all}", assert_body_contains: "\\n::error::x\\u202e"}\n`,
  );
  const run = (...args: string[]): Command => ({
    args: ["-n", "4", "-c", "1", "-t", "1", "--timeout", "60s", ...args],
  });
  const commands: readonly Command[] = [
    ...["2", "4"].flatMap((verbosity) =>
      [folded, broken, goaway].flatMap(({ origin }) => [
        run("-v", verbosity, "-w", ...(origin === goaway.origin ? ["--http2"] : []), `${origin}/`),
        ...(origin === goaway.origin
          ? []
          : [run("-v", verbosity, "--client", "fetch", "--json", "-", `${origin}/`)]),
      ])
    ),
    ...["--json", "--csv", "--hgrm", "--junit"].map((flag) => run("--scenario", scenario, flag, "-")),
    run("--scenario", scenario, "-w", "-v", "4", "--th", "step:x p95 < 1s"),
    run("--scenario", scenario, "-w", "-v", "4", "--json", `${folder}/r.json`),
    { args: ["--check", "--scenario", scenario] },
    { args: ["--check", "--json", "-", "--scenario", scenario] },
    { args: ["report", `${folder}/r.json`, "-w"] },
    { args: ["summary", `${folder}/r.json`, "--baseline", `${folder}/r.json`] },
    { args: ["compare", `${folder}/r.json`, `${folder}/r.json`] },
    { args: ["har-import", await recording(folder)] },
  ];
  const ended = await manyPrograms(commands);
  assertEquals(harmIn(ended.flatMap(({ out, err }) => [out, err])), []);
  assertEquals(ended.filter(({ code }) => code === 70).map(({ err }) => err), []);
  assertGreaterOrEqual(ended.filter(({ out, err }) => /forged/.test(out + err)).length, 8);
});

/** A recording whose texts are as bad as its browser. */
async function recording(folder: string): Promise<string> {
  const path = `${folder}/r.har`;
  const request = {
    method: "POST",
    url: "http://a.test/x",
    headers: [{ name: "Content-Type", value: "text/plain" }],
    postData: { mimeType: "text/plain", text: BAD },
  };
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      log: { entries: [{ startedDateTime: "2026-01-01T00:00:00Z", request, response: { status: 200 } }] },
    }),
  );
  return path;
}

Deno.test("the words of a saved result stay words in every report made of it", async () => {
  await using server = await startRawServer((connection) =>
    connection.send("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
  );
  await using temp = await tempDir();
  const folder = temp.path;
  const path = `${folder}/r.json`;
  await manyPrograms([{
    args: ["-n", "20", "-t", "1", "--tag", "a=b", "--th", "p95 < 1s", "--json", path, server.origin],
  }]);
  const document = JSON.parse(await Deno.readTextFile(path));
  const files: string[] = [];
  for (const place of textsIn(document)) {
    const copy = structuredClone(document);
    const holder = place.slice(0, -1).reduce((part, key) => part[key], copy);
    const key = place.at(-1)!;
    if (typeof holder[key] === "string") holder[key] += BAD;
    else {
      holder[`${key}${BAD}`] = holder[key];
      delete holder[key];
    }
    const file = `${folder}/${files.length}.json`;
    await Deno.writeTextFile(file, JSON.stringify(copy));
    files.push(file);
  }
  assertGreater(files.length, 20);
  const ended = await manyPrograms(files.flatMap((file) => [
    { args: ["report", file, "-w"] },
    { args: ["summary", file] },
    { args: ["compare", path, file] },
  ]));
  assertEquals(harmIn(ended.flatMap(({ out, err }) => [out, err])), []);
  assertEquals(ended.filter(({ code }) => code === 70).map(({ err }) => err), []);
  assertGreater(ended.filter(({ out }) => out.includes("forged")).length, 10);
});

type Path = readonly string[];

/** Ways to every text in a document, and to every key of what could be anybody's. */
function textsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...textsIn(part, [...path, key]),
    ...(path.length > 0 && typeof part !== "string" && !Array.isArray(value) ? [[...path, key]] : []),
  ]);
}
