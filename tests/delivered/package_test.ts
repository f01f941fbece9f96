/**
 * The package as its users get it: published for real, to a registry on this machine, then run and imported from there.
 * Nothing of JSR is in the cache; packages of npm may be, so that the test needs no network.
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import manifest from "../../deno.json" with { type: "json" };
import { startTarget } from "../../src/target/serve.ts";
import { startRegistry } from "../_support/jsr_registry.ts";
import { freePort, unixTest } from "../_support/peers.ts";
import { denoDir } from "../_support/program.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { starter, tryProgram } from "../_support/try_program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PACKAGE = `jsr:${manifest.name}@${manifest.version}`;

/** A program that uses the library; its types are checked. */
const LIBRARY = `
import { run, summarize, type RunOptions } from "${PACKAGE}/api";
const options: RunOptions = { url: Deno.args[0]!, "num-requests": 40, connections: 4, threads: 2, progress: false };
const result = await run(options);
// @ts-expect-error: results have types
export const wrong: string = result.interrupted;
console.log(summarize(result).total_requests);
`;

/** A scenario; its types are checked. */
const MODULE = `
import type { Bench } from "${PACKAGE}/script";
export default async function visit({ http, check }: Bench) {
  const response = await http.get("/json");
  check(response, { "it is JSON": (r) => r.json().id === 7 });
  // @ts-expect-error: responses have types
  response.status.length;
}
`;

unixTest(
  "the published package runs from an empty cache: as a command, as a worker, as a library, with a module",
  ["tar"],
  async () => {
    await using temp = await tempDir();
    const { path: folder } = temp;
    for (const name of ["registry", "cache", "user"]) await Deno.mkdir(`${folder}/${name}`);
    await using registry = startRegistry(`${folder}/registry`);
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    const published = await run(Deno.execPath(), [
      ...["publish", "--token", "any", "--allow-dirty", "--no-provenance", "--no-check", "--quiet"],
    ], { cwd: ROOT, env: { JSR_URL: registry.url, NO_COLOR: "1" } });
    assertEquals(published.code, 0, published.err);
    const strange = registry.files.filter((path) =>
      !/^\/(?:src\/.+|main\.ts|deno\.json|README\.md|SECURITY\.md|CHANGELOG\.md|CONTRIBUTING\.md|LICENSE)$/
        .test(path)
    );
    assertEquals(strange, [], "files that no user needs");

    await Deno.symlink(`${await denoDir()}/npm`, `${folder}/cache/npm`);
    const env = { JSR_URL: registry.url, DENO_DIR: `${folder}/cache`, NO_COLOR: "1" };
    const started = ["run", "--quiet", "-A", "--no-check", "--no-lock", "--no-config"];
    await tryProgram(starter(Deno.execPath(), [...started, PACKAGE], env));

    const port = String(freePort());
    const inUserFolder = { cwd: `${folder}/user`, env };
    const [master, worker] = await Promise.all([
      [
        "--master",
        "--expect-workers",
        "1",
        "--port",
        port,
        "-n",
        "40",
        "-c",
        "4",
        "--json",
        "-",
        `${target.url}/`,
      ],
      ["--worker", `127.0.0.1:${port}`, "-t", "2"],
    ].map((words) => run(Deno.execPath(), [...started, PACKAGE, ...words], inUserFolder)));
    assertEquals([master!.code, worker!.code], [0, 0], master!.err + worker!.err);
    assertEquals(JSON.parse(master!.out).total_requests, 40);

    await Deno.writeTextFile(`${folder}/user/load.ts`, LIBRARY);
    const library = await run(
      Deno.execPath(),
      ["run", "--quiet", "-A", "--check", "load.ts", `${target.url}/`],
      inUserFolder,
    );
    assertEquals([library.code, library.out], [0, "40\n"], library.err);
    const others = Object.keys(manifest.exports).filter((name) => name !== "." && name !== "./api");
    for (const name of others) {
      await Deno.writeTextFile(
        `${folder}/user/other.ts`,
        `import * as all from "${PACKAGE}${name.slice(1)}"; void all;`,
      );
      const end = await run(Deno.execPath(), ["check", "other.ts"], inUserFolder);
      assertEquals(end.code, 0, end.err);
    }
    await Deno.writeTextFile(`${folder}/user/visit.ts`, MODULE);
    const checked = await run(Deno.execPath(), ["check", "visit.ts"], inUserFolder);
    assertEquals(checked.code, 0, checked.err);
    const words = ["visit.ts", "-n", "20", "-t", "2", "--json", "-", target.url];
    const visits = await run(Deno.execPath(), [...started, PACKAGE, ...words], inUserFolder);
    assertEquals([visits.code, JSON.parse(visits.out).checks["it is JSON"].passed], [0, 20], visits.err);
    assert(registry.missed.every((path) => !path.startsWith("/@x/")), registry.missed.join("\n"));
  },
);
