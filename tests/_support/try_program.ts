/**
 * What a delivered program must be able to do, whatever it was delivered as: two threads, an HTML report, a scenario,
 * an OpenTelemetry export, an import. Each needs something that a careless build leaves out: the worker's module, the
 * report's templates, packages that are loaded late.
 */
import { assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startTarget } from "../../src/target/serve.ts";
import { VERSION } from "../../src/lib/version.ts";
import { type Run, run } from "./run.ts";
import { tempDir } from "./temp_dir.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));

/** Starts the delivered program with these arguments. */
export type Start = (args: readonly string[]) => Promise<Run>;

/** A start in a folder that has nothing of the program. */
export function starter(command: string, first: readonly string[], env: Record<string, string> = {}): Start {
  return (args) => run(command, [...first, ...args], { cwd: FIXTURES, env: { NO_COLOR: "1", ...env } });
}

/** Tries everything; fails at the first thing that does not work. */
export async function tryProgram(start: Start): Promise<void> {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const folder = temp.path;
  assertEquals(await start(["--version"]), { code: 0, out: `bench ${VERSION}\n`, err: "" });
  await tryThreads(start, `${target.url}/`, folder);
  await tryScenario(start, target.url, folder);
  await tryExport(start, `${target.url}/`);
  await tryImport(start);
}

async function tryThreads(start: Start, url: string, folder: string): Promise<void> {
  const args = ["-n", "40", "-c", "4", "-t", "2", "--json", "-", "--html-report", `${folder}/r.html`, url];
  const { code, out, err } = await start(args);
  assertEquals(code, 0, err);
  const { threads, total_requests, total_errors } = JSON.parse(out);
  assertEquals([threads, total_requests, total_errors], [2, 40, 0]);
  const page = await Deno.readTextFile(`${folder}/r.html`);
  assertStringIncludes(page, "uPlot");
  assertMatch(page, /<style[\s>]/);
}

const SCENARIO = `name: Two steps
steps:
  - { path: /json, extract: { all: { json: $ } } }
  - { path: "/bytes/10", assert_status: 200, assert_body_regex: "^.+$" }
`;

async function tryScenario(start: Start, url: string, folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/s.yaml`, SCENARIO);
  const { code, out, err } = await start([
    "--scenario",
    `${folder}/s.yaml`,
    "--iterations",
    "4",
    "--json",
    "-",
    url,
  ]);
  assertEquals(code, 0, err);
  const { total_requests, total_errors } = JSON.parse(out);
  assertEquals([total_requests, total_errors], [8, 0]);
}

async function tryExport(start: Start, url: string): Promise<void> {
  const received: string[] = [];
  await using collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      received.push(`${request.headers.get("content-type")} ${(await request.bytes()).length > 100}`);
      return new Response(new Uint8Array(), { headers: { "content-type": "application/x-protobuf" } });
    },
  );
  const endpoint = `http://127.0.0.1:${collector.addr.port}/`;
  const { code, err } = await start(["-n", "5", "-t", "1", "--otel-endpoint", endpoint, url]);
  assertEquals([code, received], [0, ["application/x-protobuf true"]], err);
}

async function tryImport(start: Start): Promise<void> {
  const { code, out, err } = await start(["har-import", `${FIXTURES}har/shop.har`]);
  assertEquals(code, 0, err);
  assertGreater(JSON.parse(out).steps.length, 0);
}
