/**
 * Ways to keep a load generator from running: each is told in the result, and fails the run with --strict-trust. Out of
 * descriptors and ports: `resources_test.ts`; a busy core: `trust_test.ts`.
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { TrustJson } from "../../src/result/document/trust_json.ts";
import { startTarget } from "../../src/target/serve.ts";
import { freePort, peerTest, programPath, unixTest } from "../_support/peers.ts";
import { ended, startProgram } from "../_support/program.ts";
import { fleetTest, watch } from "./_fleet.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause, until } from "../_support/wait.ts";

const LOAD = ["--rate", "200", "-t", "1", "-c", "50", "-d", "600", "--strict-trust", "--json", "-"];

function skip(name: string, reason: string): void {
  // deno-lint-ignore no-console -- a skipped test must be seen
  console.warn(`Skipped "${name}": ${reason}`);
}

/** Runs a load, does something to its process once it sends, and checks what it says of itself. */
async function starving(
  starve: (child: Deno.ChildProcess) => Promise<void>,
  { says, under = [] }: { readonly says: RegExp; readonly under?: readonly string[] },
): Promise<void> {
  const begun = Promise.withResolvers<void>();
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", onAnswered: () => begun.resolve() });
  const child = startProgram([...LOAD, `${target.url}/`], {}, under);
  const output = ended(child);
  await Promise.race([begun.promise, output]);
  await pause(200);
  await starve(child);
  await pause(500);
  child.kill("SIGINT");
  const { code, out, err } = await output;
  const trust: TrustJson = JSON.parse(out).trust;
  assertEquals([code, trust.sound], [1, false], err);
  assertMatch(trust.findings.find(({ kind }) => kind === "saturated")?.text ?? "", says);
  assertMatch(err, /Load generator: did not keep up/);
}

unixTest("a load generator that was stopped for a moment says so", [], async () => {
  await starving(async (child) => {
    child.kill("SIGSTOP");
    await pause(1500);
    child.kill("SIGCONT");
  }, { says: /It did not run for \d\.\d+s/ });
});

unixTest("a load generator that is stopped half of the time says so", [], async () => {
  await starving(async (child) => {
    for (let i = 0; i < 20; i++) {
      child.kill("SIGSTOP");
      await pause(60);
      child.kill("SIGCONT");
      await pause(60);
    }
  }, { says: /It got to \d+\.\d+% of the arrivals more than/ });
});

unixTest(
  "a disk that is too slow for the log is told of, and the load does not wait for it",
  ["mkfifo"],
  async () => {
    const requests = 5000;
    let answered = 0;
    const done = Promise.withResolvers<void>();
    await using target = startTarget({
      port: 0,
      hostname: "127.0.0.1",
      onAnswered: () => ++answered === requests && done.resolve(),
    });
    await using temp = await tempDir();
    const dir = temp.path;
    const path = `${dir}/log`;
    await new Deno.Command(programPath("mkfifo")!, { args: [path] }).output();
    const args = [
      "-n",
      String(requests),
      "-c",
      "4",
      "-t",
      "1",
      "--log",
      path,
      "--json",
      "-",
      `${target.url}/`,
    ];
    const output = ended(startProgram(args));
    // The disk: it takes nothing before the load has long been over.
    const disk = await Deno.open(path);
    await done.promise;
    await pause(2000);
    const lines = (await new Response(disk.readable).text()).trimEnd().split("\n");
    const { code, out, err } = await output;
    assertEquals([code, lines.length], [0, requests], err);
    const warnings = JSON.parse(out).notes.filter(({ level }: { level: string }) => level === "warning");
    assertMatch(
      warnings.map(({ text }: { text: string }) => text).join("\n"),
      /5,000 requests logged in .*; the disk did not keep up: the last lines were written \d\.\d+s after the load's end/,
    );
  },
);

const DEBUGGED = "a load generator that a debugger paused says so";
peerTest(DEBUGGED, ["gdb"], async () => {
  if (!await mayDebug()) return skip(DEBUGGED, "this machine lets gdb attach to no process");
  await starving(async ({ pid }) => {
    await gdb("-p", String(pid), "-ex", "shell sleep 1.5", "-ex", "detach");
  }, { says: /It did not run for \d\.\d+s/ });
});

async function gdb(...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(programPath("gdb")!, {
    args: ["-batch", "-nx", "-iex", "set auto-solib-add off", ...words],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

async function mayDebug(): Promise<boolean> {
  const sleeper = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const said = await gdb("-p", String(sleeper.pid), "-ex", "detach");
  sleeper.kill("SIGKILL");
  await sleeper.status;
  return !/not permitted|ptrace/i.test(said);
}

peerTest(
  "a load generator that every other program goes before says so",
  Deno.build.os === "linux" ? ["renice", "sh"] : ["Linux"],
  async () => {
    const hogs: Deno.ChildProcess[] = [];
    try {
      await starving(async ({ pid }) => {
        await new Deno.Command(programPath("renice")!, {
          args: ["-n", "19", "-p", String(pid)],
          stdout: "null",
        })
          .output();
        for (let i = 0; i < 2 * navigator.hardwareConcurrency; i++) {
          hogs.push(new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn());
        }
        await pause(3000);
        for (const hog of hogs) hog.kill("SIGKILL");
      }, { says: /Other programs used the CPU|It did not run|It got to \d+\.\d+% of the arrivals/ });
    } finally {
      for (const hog of hogs) await hog.status;
    }
  },
);

/** A control group whose quota can be set; `undefined`: this machine lets us make none. */
async function quotaGroup(): Promise<
  | {
    procs: string;
    set(share: number | "max"): Promise<void>;
    stoppedMs(): Promise<number>;
    remove(): Promise<void>;
  }
  | undefined
> {
  for (const root of ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"]) {
    const dir = `${root}/bench-${Deno.pid}`;
    try {
      await Deno.mkdir(dir);
    } catch {
      continue;
    }
    // A group is busy for a moment yet when its last process has ended.
    const remove = () => until(() => Deno.remove(dir).then(() => true, () => false));
    const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
    const write = (name: string, text: string) => Deno.writeTextFile(`${dir}/${name}`, text);
    const procs = `${dir}/cgroup.procs`;
    const stoppedMs = async () => {
      const stat = await Deno.readTextFile(`${dir}/cpu.stat`);
      const [, unit, value] = /^throttled_(usec|time) (\d+)$/m.exec(stat) ?? [];
      return Number(value) / (unit === "usec" ? 1e3 : 1e6);
    };
    if (names.includes("cpu.max")) {
      return {
        procs,
        stoppedMs,
        remove,
        set: (share) => write("cpu.max", share === "max" ? "max 100000" : `${share * 100_000} 100000`),
      };
    }
    if (names.includes("cpu.cfs_quota_us")) {
      return {
        procs,
        stoppedMs,
        remove,
        set: (share) => write("cpu.cfs_quota_us", share === "max" ? "-1" : String(share * 100_000)),
      };
    }
    await remove();
  }
  return undefined;
}

const THROTTLED = "a load generator that a CPU quota stops says so";
unixTest(THROTTLED, ["sh"], async () => {
  const group = Deno.build.os === "linux" ? await quotaGroup() : undefined;
  if (group === undefined) {
    return skip(THROTTLED, "no control group with a CPU quota can be made (Linux, as root)");
  }
  try {
    const under = ["sh", "-c", `echo $$ > ${group.procs} && exec "$@"`, "sh"];
    await starving(async () => {
      // Less than the load takes, which is little.
      await group.set(0.02);
      await until(async () => await group.stoppedMs() > 2000);
      await group.set("max");
    }, { says: /It used up its CPU quota \(cgroup\), which stopped it for \d/, under });
  } finally {
    await group.remove();
  }
});

if (Deno.build.os !== "windows") {
  fleetTest("a worker that was frozen for a moment makes the fleet's numbers unsound", async () => {
    const begun = Promise.withResolvers<void>();
    await using target = startTarget({ port: 0, hostname: "127.0.0.1", onAnswered: () => begun.resolve() });
    const secret = { BENCH_SECRET: "correct horse battery" };
    const port = freePort();
    const master = watch([
      ...["--master", "--expect-workers", "2", "--port", String(port), "--silence", "20s"],
      ...["-c", "4", "-d", "600", "--strict-trust", "--json", "-", `${target.url}/delay/5`],
    ], secret);
    const workers = ["one", "two"].map((name) =>
      watch(["--worker", `127.0.0.1:${port}`, "-t", "1", "--worker-name", name], secret)
    );
    const [frozen] = workers;
    // All start at the same moment.
    await Promise.race([begun.promise, master.ended]);
    await pause(300);
    frozen!.child.kill("SIGSTOP");
    await pause(2000);
    frozen!.child.kill("SIGCONT");
    await pause(1000);
    master.child.kill("SIGINT");
    const { code, out, err } = await master.ended;
    const { trust, lost_workers } = JSON.parse(out);
    assertEquals([code, trust.sound, lost_workers ?? []], [1, false, []], err);
    const [finding] = trust.findings.filter(({ kind }: { kind: string }) => kind === "saturated");
    assertMatch(finding?.text ?? "", /It did not run for \d\.\d+s/);
    await Promise.all(workers.map(({ ended }) => ended));
  });
}
