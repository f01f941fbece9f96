/** The dashboard in a real terminal: frames at three sizes and through a resize, and what it leaves behind. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget, type Target } from "../../src/target/serve.ts";
import { peerTest } from "../_support/peers.ts";
import { PROGRAM } from "../_support/program.ts";
import { Tmux } from "../_support/tmux.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";

const CWD = new URL("../../", import.meta.url).pathname;
const DASHBOARD = /Requests\/s/;

/** Runs the program in a terminal, then something with both. */
async function withDashboard(
  words: string,
  size: { columns: number; rows: number },
  use: (tmux: Tmux, server: Target) => Promise<void>,
): Promise<void> {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using tmux = await Tmux.open({ ...size, cwd: CWD });
  await tmux.type(`${PROGRAM.join(" ")} --live ${words} ${server.url}/delay/5; echo code $?`);
  await use(tmux, server);
}

/** The terminal is as the shell needs it, and what is typed shows up. */
async function assertRestored(tmux: Tmux): Promise<void> {
  assertEquals(await tmux.modes(), { isAlternate: false, isCursorShown: true });
  await tmux.type("stty -a; echo still-$((40 + 2))");
  const screen = await tmux.until((text) => text.includes("still-42"));
  const stty = screen.replaceAll(/\s+/g, " ");
  for (const mode of ["icanon", "echo", "isig", "opost"]) {
    assertMatch(stty, new RegExp(`(?<!-)\\b${mode}\\b`), screen);
  }
}

/** Ends a run that has begun, and waits for its report. */
async function assertInterrupted(tmux: Tmux, interrupt: () => Promise<void>): Promise<void> {
  await tmux.until((screen) => /\b200\b/.test(screen) && DASHBOARD.test(screen));
  await interrupt();
  const screen = await tmux.until((text) => text.includes("code 0"));
  assertStringIncludes(screen.replaceAll(/\s+/g, " "), "The run was interrupted");
  await assertRestored(tmux);
}

for (const [columns, rows] of [[80, 24], [120, 40], [200, 50]] as const) {
  peerTest(
    `--live at ${columns} × ${rows} shows the run, then the report on the usual screen`,
    ["tmux"],
    () =>
      withDashboard("-c 4 -d 600 -t 2", { columns, rows }, async (tmux) => {
        const frame = await tmux.until((screen) => /\b200\b/.test(screen) && DASHBOARD.test(screen));
        assertEquals(await tmux.modes(), { isAlternate: true, isCursorShown: false });
        assertMatch(frame, /^ GET http:\/\/127\.0\.0\.1:\d+\/delay\/5/);
        for (
          const part of ["of 600.0s", "Latency", "Status codes", "Errors", "p50", "█", "p pauses"]
        ) {
          assertStringIncludes(frame, part);
        }
        await tmux.press("q");
        const after = await tmux.until((screen) => screen.includes("code 0"));
        // The report's end; what stands above it may have scrolled away.
        assertMatch(after, /\nLoad generator: [\s\S]*\ncode 0/);
        assert(!after.includes("q or Ctrl-C"), after);
        await assertRestored(tmux);
      }),
  );
}

peerTest(
  "--live follows a new size within a frame or two",
  ["tmux"],
  () =>
    withDashboard("-c 4 -d 600 --color never", { columns: 120, rows: 40 }, async (tmux) => {
      await tmux.until((screen) => screen.includes("p99.9") || screen.includes("p95 "));
      await tmux.resize(60, 12);
      const small = await tmux.until((screen) => screen.split("\n")[11]?.includes("p pauses") === true);
      assert(small.split("\n").every((line) => line.length <= 60), small);
      await tmux.resize(90, 30);
      await tmux.until((screen) => screen.split("\n")[29]?.includes("p pauses") === true);
      await tmux.press("q");
      await tmux.until((screen) => screen.includes("code 0"));
    }),
);

for (const [name, key] of [["q", "q"], ["the first Ctrl-C", "C-c"]] as const) {
  peerTest(
    `--live: ${name} ends the load, and the report says so`,
    ["tmux"],
    () =>
      withDashboard(
        "-c 4 -d 600 -t 2",
        { columns: 100, rows: 50 },
        (tmux) => assertInterrupted(tmux, () => tmux.press(key)),
      ),
  );
}

peerTest("--live: a second Ctrl-C leaves with 130 and a usable terminal", ["tmux"], async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using tmux = await Tmux.open({ columns: 100, rows: 30, cwd: CWD });
  // Answers that never come keep the run open for its whole grace period.
  await tmux.type(`${PROGRAM.join(" ")} --live -c 4 -d 600 --grace 60s ${server.url}/hang/1`);
  await tmux.until((screen) => DASHBOARD.test(screen) && /[1-9]\.\ds of 600\.0s/.test(screen));
  await tmux.press("C-c");
  await tmux.until((screen) => screen.includes("Ctrl-C again to quit at once"));
  await tmux.press("C-c");
  // A shell forgets the rest of a line whose program was interrupted, and what is typed before it asks again may go to the
  // program that is about to end.
  await tmux.until((screen) =>
    screen.trimEnd().split("\n").length > 1 && screen.trimEnd().endsWith("ready$")
  );
  await tmux.type("echo code $?");
  await tmux.until((screen) => screen.includes("code 130"));
  await assertRestored(tmux);
});

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  peerTest(
    `--live: ${signal} ends the load as Ctrl-C does`,
    ["tmux"],
    () =>
      withDashboard("-c 4 -d 600", { columns: 100, rows: 50 }, async (tmux, server) => {
        await assertInterrupted(tmux, async () =>
          Deno.kill(await processWith(`${server.url}/delay/5`), signal));
      }),
  );
}

for (
  const [way, said, code] of [["error", "Nobody caught this", 1], ["rejection", "this promise", 1], [
    "exit",
    "",
    7,
  ]] as const
) {
  peerTest(`the terminal is as before after an end by ${way}`, ["tmux"], async () => {
    await using tmux = await Tmux.open({ columns: 100, rows: 30, cwd: CWD });
    await tmux.type(`${Deno.execPath()} run -A --no-check tests/live/_crash.ts ${way}; echo code $?`);
    const screen = await tmux.until((text) => text.includes(`code ${code}`));
    assertStringIncludes(screen, said);
    assert(!screen.includes("Frame before the crash"), screen);
    await assertRestored(tmux);
  });
}

Deno.test("--live without a terminal says so in one line and reports as ever", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const { code, stdout, stderr } = await new Deno.Command(PROGRAM[0]!, {
    args: [...PROGRAM.slice(1), "--live", "-n", "20", `${server.url}/`],
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0);
  assertEquals(err, "bench: --live needs a terminal on standard error; continuing without it\n");
  assertMatch(out!, /^ *Total Requests: +20$/m);
  assert(!out!.includes("\x1b"));
});

/** The process whose command line ends with these words, from `/proc`. */
async function processWith(end: string): Promise<number> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const words = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (words.startsWith(Deno.execPath()) && words.replaceAll("\0", " ").trimEnd().endsWith(end)) {
      return Number(name);
    }
  }
  throw new Error(`No process runs with ${end}`);
}

peerTest("--live: a terminal that goes away leaves the results", ["tmux"], async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const json = `${temp.path}/file`;
  const tmux = await Tmux.open({ columns: 100, rows: 30, cwd: CWD });
  await tmux.type(`${PROGRAM.join(" ")} --live -c 4 -d 600 --json ${json} ${server.url}/delay/5`);
  await tmux.until((screen) => DASHBOARD.test(screen));
  await tmux[Symbol.asyncDispose]();
  let text = "";
  await until(async () => (text = await Deno.readTextFile(json).catch(() => "")) !== "");
  assertEquals(JSON.parse(text).interrupted, true);
});
