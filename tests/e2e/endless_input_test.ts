/** Files and servers without end, wherever the program reads one: told in one line, before memory goes. */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { PROGRAM } from "../_support/program.ts";
import { startRawServer } from "../_support/raw_server.ts";
import { certificatePaths } from "../_support/certificates.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

const URL_ = "http://127.0.0.1:9/";
const isLinux = Deno.build.os === "linux";
/** Of address space that is in use; the platform reserves much more. */
const MAX_PEAK_KB = 700_000;

/** Runs the program and notes the most memory that it had. */
async function peakOf(args: readonly string[]): Promise<{ code: number; err: string; peakKb: number }> {
  const script = `"$@" & pid=$!; peak=0
while kill -0 $pid 2>/dev/null; do
  now=$(sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status 2>/dev/null)
  [ "\${now:-0}" -gt "$peak" ] && peak=$now; sleep 0.05
done
wait $pid; code=$?; echo "peak $peak"; exit $code`;
  const { code, out, err } = await run("bash", ["-c", script, "bash", ...PROGRAM, ...args], {
    env: { NO_COLOR: "1" },
  });
  return { code, err, peakKb: Number(/peak (\d+)\n$/.exec(out)?.[1]) };
}

/** Where each file is named, and what the message begins with. */
const PLACES: Readonly<Record<string, (file: string) => readonly string[]>> = {
  "a scenario": (file) => ["--scenario", file, "-d", "1"],
  "a list of URLs": (file) => ["--url-file", file, "-d", "1"],
  "a body": (file) => ["-m", "POST", "-p", file, "-d", "1", URL_],
  "a root": (file) => ["--ca-bundle", file, "-d", "1", URL_],
  "a certificate": (file) => ["--cert", file, "--key", certificatePaths("client").key, "-d", "1", URL_],
  "a key": (file) => ["--cert", certificatePaths("client").cert, "--key", file, "-d", "1", URL_],
  "a configuration": (file) => ["--config", file, URL_],
  "a profile": (file) => ["--rate", "1", "-d", "1", "--traffic-profile", `csv:${file}`, URL_],
  "a baseline": (file) => ["--baseline", file, "-d", "1", URL_],
  "results to compare": (file) => ["compare", file, file],
  "a result to report": (file) => ["report", file],
  "a result to sum up": (file) => ["summary", file],
  "a recording": (file) => ["har-import", file],
  "a description": (file) => ["openapi-import", file],
  "a curl command": (file) => ["curl-import", file],
  "a secret": (file) => ["--worker", "127.0.0.1:9", "--secret-file", file],
};

for (const [what, args] of Object.entries(PLACES)) {
  Deno.test(`${what} without end is refused before memory goes`, { ignore: !isLinux }, async () => {
    await using temp = await tempDir();
    const folder = temp.path;
    // Some files are told by the end of their names.
    const file = `${folder}/endless.yaml`;
    await Deno.symlink("/dev/zero", file);
    const { code, err, peakKb } = await peakOf(args(file));
    assertEquals(code, 1, err);
    assertStringIncludes(err, "it is too large, or has no end: expected at most 64 MiB");
    assert(!err.includes("    at "), err);
    assertLess(peakKb, MAX_PEAK_KB, `${peakKb} KB`);
  });
}

Deno.test("files of 10 GB are refused unread", { ignore: !isLinux }, async () => {
  await using temp = await tempDir();
  const folder = temp.path;
  const file = `${folder}/large`;
  await Deno.writeTextFile(file, "");
  await Deno.truncate(file, 10 * 2 ** 30); // A hole: it takes no room.
  for (const what of ["a scenario", "a recording", "a baseline", "a root"]) {
    const { code, err, peakKb } = await peakOf(PLACES[what]!(file));
    assertEquals(code, 1, err);
    assertStringIncludes(err, "it is too large, or has no end: expected at most");
    assertLess(peakKb, 200_000, `${what}: ${peakKb} KB`);
  }
});

Deno.test(
  "a description without end from a server, plain or coded, is refused",
  { ignore: !isLinux },
  async () => {
    const zeros = new Blob([new Uint8Array(100 * 2 ** 20)]).stream().pipeThrough(
      new CompressionStream("gzip"),
    );
    const bomb = await new Response(zeros).bytes();
    await using server = await startRawServer(async (connection, { head }) => {
      if (head.startsWith("GET /bomb")) {
        await connection.send(
          `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`,
        );
        return await connection.send(bomb);
      }
      await connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      const piece = new Uint8Array(2 ** 20);
      let isOpen = true;
      void connection.closed.then(() => isOpen = false);
      while (isOpen) {
        await connection.send(piece);
        await pause(0);
      }
    });
    for (const path of ["/endless", "/bomb"]) {
      const { code, err, peakKb } = await peakOf(["openapi-import", `${server.origin}${path}`]);
      assertEquals(code, 1, err);
      assertStringIncludes(err, "it is too large, or has no end: expected at most 64 MiB");
      assertLess(peakKb, MAX_PEAK_KB, `${path}: ${peakKb} KB`);
    }
  },
);
