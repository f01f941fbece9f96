/**
 * Every command line in the documents is run, as it stands but for times and the target's address (`forTest`), in one
 * folder a document and in the document's order, so that one line may use what another wrote. Programs that would reach
 * for the network are replaced by ones that do the same here: see `PROGRAMS`.
 */
import { assert, assertEquals } from "@std/assert";
import { type GrpcTarget, startGrpcTarget } from "../../src/target/serve_grpc.ts";
import { startTarget } from "../../src/target/serve.ts";
import { fileNameOf, nativeTarget } from "../../tools/targets.ts";
import { freePort, unixTest } from "../_support/peers.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { denoDir, type Ended, MAIN_PATH, programScript } from "../_support/program.ts";
import { run } from "../_support/run.ts";
import {
  blocksOf,
  type CommandLine,
  commandLines,
  documentPaths,
  fileForTest,
  filesIn,
  forTest,
  ROOT,
} from "./_documents.ts";
import { tempDir } from "../_support/temp_dir.ts";

const BENCH = await programScript();

/** Programs that stand before those of the system while documents are tested. */
const PROGRAMS: Readonly<Record<string, string>> = {
  bench: BENCH,
  // The package from here instead of from JSR; an installed command needs to be told its configuration then.
  deno: `case "$*" in "install "*jsr:@x/bench*) shift; set -- install --config '${ROOT}deno.json' "$@" ;; esac
for word; do shift; case $word in jsr:@x/bench) word='${MAIN_PATH}' ;; esac; set -- "$@" "$word"; done
exec '${Deno.execPath()}' "$@"`,
  // Deno as it is instead of from npm.
  npx: `[ "$1 $2" = "-y deno@${Deno.version.deno}" ] || exit 99
shift 2
exec deno "$@"`,
  // The install script from here; it downloads from BENCH_RELEASES.
  curl:
    `for word; do case $word in https://github.com/OWNER/bench/*/install.sh) exec cat '${ROOT}install.sh' ;; esac; done
exec "$CURL" "$@"`,
  // What the image runs, without the container.
  docker:
    `while [ $# -gt 0 ]; do case $1 in ghcr.io/OWNER/bench) shift; exec bench "$@" ;; esac; shift; done; exit 99`,
};

/** What is documented but far too long to run here; tests of their own run what these run. */
const LONG = /\btask (?:test|ok|bench:\w+|compile|pictures)\b|\bselftest\b/;

/** Files that documents take for granted. */
const FILES: Readonly<Record<string, string>> = {
  "recording.har": await Deno.readTextFile(`${ROOT}fixtures/har/shop.har`),
  "openapi.yaml": await Deno.readTextFile(`${ROOT}fixtures/openapi/shop.yaml`),
  "body.json": '{"a": 1}\n',
  "test.js":
    "import http from 'k6/http';\nexport default function () { http.get(__ENV.URL || 'http://localhost:8080/'); }\n",
  "access.log": '127.0.0.1 - - [26/Nov/2026:10:00:00 +0000] "GET /json HTTP/1.1" 200 143 "-" "-"\n',
  "app.jsonl": '{"ts": "2026-11-26T10:00:00Z", "verb": "GET", "path": "/json", "code": 200}\n',
  "items.csv": "id\n1001\n1002\n",
  "people.csv": "user,password\nann,secret\nbob,secret\n",
  "urls.txt": "http://localhost:8080/\nPOST http://localhost:8080/echo\n",
};

interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly target: ReturnType<typeof startTarget>;
  readonly grpc: GrpcTarget;
}

async function placeFor(files: Readonly<Record<string, string>>): Promise<Place> {
  const temp = await tempDir();
  const folder = temp.path;
  const target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const grpc = startGrpcTarget({ port: 0, hostname: "127.0.0.1" });
  const release = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, serveRelease);
  await Deno.mkdir(`${folder}/programs`);
  for (const [name, text] of Object.entries(PROGRAMS)) {
    await Deno.writeTextFile(
      `${folder}/programs/${name}`,
      text.startsWith("#!") ? text : `#!/bin/sh\n${text}\n`,
      { mode: 0o755 },
    );
  }
  // As in a clone.
  for (const name of ["deno.json", "deno.lock", "main.ts", "src", "tools"]) {
    await Deno.symlink(`${ROOT}${name}`, `${folder}/${name}`);
  }
  for (const [name, text] of Object.entries({ ...FILES, ...files })) {
    const own = fileForTest(text, target.url).replaceAll("grpc://localhost:50051", grpc.url);
    await Deno.writeTextFile(`${folder}/${name}`, own);
  }
  await run("gzip", ["-k", `${folder}/access.log`]);
  return {
    folder,
    target,
    grpc,
    env: {
      PATH: `${folder}/programs:${Deno.env.get("PATH")}`,
      CURL: (await run("sh", ["-c", "command -v curl"])).out.trim(),
      HOME: folder,
      DENO_DIR: await denoDir(),
      DENO_INSTALL_ROOT: `${folder}/deno`,
      BENCH_RELEASES: `http://127.0.0.1:${release.addr.port}`,
      BENCH_THREADS: "1",
      NO_COLOR: "1",
    },
    [Symbol.asyncDispose]: async () => {
      await target[Symbol.asyncDispose]();
      await grpc[Symbol.asyncDispose]();
      await release.shutdown();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** A release whose program is this one. */
async function serveRelease(request: Request): Promise<Response> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(BENCH));
  const name = fileNameOf(nativeTarget()!);
  const isSums = new URL(request.url).pathname.endsWith("/SHA256SUMS");
  return new Response(isSums ? `${new Uint8Array(digest).toHex()}  ${name}\n` : BENCH);
}

/** Runs the lines of a document, one after the other. */
async function runLines(lines: readonly CommandLine[], place: Place): Promise<void> {
  const { folder, env, target, grpc } = place;
  const commands = lines.filter(({ text }) => !LONG.test(text)).map(({ text, line }) => {
    const command = forTest(text, target.url, freePort())
      .replaceAll("localhost:50051", grpc.url.replace("grpc://", ""))
      .replace("--grpc-port 50051", "--grpc-port 0");
    return { command, words: wordsOf(command), where: `line ${line}: ${command}` };
  });
  while (commands.length > 0) {
    // Plain commands that follow each other share a process.
    const other = commands.findIndex(({ words }) => words === undefined);
    const plain = commands.splice(0, other < 0 ? commands.length : other);
    const ended = await manyPrograms(plain.map(({ words }) => ({ args: words!, env, cwd: folder })));
    for (const [i, command] of plain.entries()) await assertWorked(command, ended[i]!, { cwd: folder, env });
    const [next] = commands.splice(0, 1);
    if (next === undefined) return;
    if (/^bench serve\b/.test(next.command)) await serves(next.command, { folder, env });
    else {
      const ended = await run("bash", ["-c", next.command], { cwd: folder, env });
      await assertWorked(next, ended, { cwd: folder, env });
    }
  }
}

/** The words of a command line that is nothing but this program's, as the shell would split it; `undefined`: it is more. */
function wordsOf(command: string): readonly string[] | undefined {
  if (!/^bench (?!serve\b)/.test(command)) return undefined;
  if (/[|&;<>$`*?(~{!#"\\\n]/.test(command.replace(/'[^']*'/g, ""))) return undefined;
  return [...command.matchAll(/(?:[^\s']|'[^']*')+/g)].slice(1).map(([word]) => word.replaceAll("'", ""));
}

function hasEnded(command: string, { code, out, err }: Ended): boolean {
  // What a machine under test load measures may break a claim about it, of the line or of a file that it names; the line
  // is right all the same.
  return code === 0 || (code === 2 && /thresholds? /i.test(out + err)) ||
    (code === 3 && /--fail-on /.test(command));
}

/** What a busy machine could not do in a moment it does in some seconds. */
async function assertWorked(
  { command, where }: { readonly command: string; readonly where: string },
  ended: Ended,
  options: Pick<Deno.CommandOptions, "cwd" | "env">,
): Promise<void> {
  if (hasEnded(command, ended)) return;
  const again = await run("bash", ["-c", command.replaceAll(/ -d 300ms\b/g, " -d 5s")], options);
  const { code, out, err } = again;
  assert(hasEnded(command, again), `${where}\nexit code ${code}\n${out}\n${err}`);
}

/** A target that runs until it is stopped must say where it listens. */
async function serves(
  command: string,
  options: Pick<Place, "env"> & { readonly folder: string },
): Promise<void> {
  const child = new Deno.Command("bash", {
    args: ["-c", `exec ${command.replace(/ --port \d+/, "")} --port 0`],
    cwd: options.folder,
    env: options.env,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  child.kill("SIGINT");
  await reader.cancel();
  await child.status;
  assertEquals(new TextDecoder().decode(value).slice(0, 12), "Listening on", command);
}

for (const path of await documentPaths()) {
  const blocks = blocksOf(await Deno.readTextFile(ROOT + path));
  const lines = commandLines(blocks);
  unixTest(`every command line of ${path} works`, ["bash", "curl"], async () => {
    await using place = await placeFor(filesIn(blocks));
    await runLines(lines, place);
  });
}
