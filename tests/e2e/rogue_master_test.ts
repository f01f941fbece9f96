/** What a master that knows the secret may not make a worker do. */
import { assert, assertEquals, assertGreaterOrEqual, assertLess, assertMatch } from "@std/assert";
import { programPath } from "../_support/peers.ts";
import { fleetTest, peakBytes, watch } from "./_fleet.ts";
import { startRogueMaster } from "./_rogue_master.ts";
import { roguePlans } from "./_rogue_plans.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SECRET = "correct horse battery";
const MAX_BYTES = 300e6;

/** A server that sends `/to/URL` there, and counts its connections. */
function startTarget(): { readonly port: number; stop(): Promise<void> } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const [, location] = /\/to\/(.*)$/.exec(url) ?? [];
    return location === undefined ? new Response("ok") : new Response(null, {
      status: 302,
      headers: { location: location.includes(":/") ? location : `//${location}` },
    });
  });
  return { port: server.addr.port, stop: () => server.shutdown() };
}

/** Counts who connects, and closes. */
function startTrap(listener: Deno.Listener): { readonly touched: () => number; stop(): void } {
  let touched = 0;
  void (async () => {
    for await (const connection of listener) {
      touched++;
      connection.close();
    }
  })().catch(() => {});
  return { touched: () => touched, stop: () => listener.close() };
}

fleetTest(
  "a master that knows the secret gets no worker to go, read or grow beyond what its owner allowed",
  async () => {
    await using temp = await tempDir();
    const dir = temp.path;
    const file = `${dir}/secret.txt`;
    await Deno.writeTextFile(file, "secret");
    const target = startTarget();
    const tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const socket = `${dir}/trap.sock`;
    const traps = [
      startTrap(tcp),
      ...(Deno.build.os === "windows" ? [] : [
        startTrap(Deno.listen({ transport: "unix", path: socket }) as unknown as Deno.Listener),
      ]),
    ];
    {
      await using master = startRogueMaster(SECRET);
      const trace = programPath("strace") === undefined
        ? []
        : ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,openat", "-o", `${dir}/trace`];
      const args = ["--worker", `127.0.0.1:${master.port}`, "-t", "1", "--stay"];
      const worker = watch(
        [...args, "--allow-target", `127.0.0.1:${target.port}`],
        { BENCH_SECRET: SECRET, DENO_NO_UPDATE_CHECK: "1" },
        trace,
      );
      const plans = roguePlans({ allowed: target.port, forbidden: tcp.addr.port, file, socket });
      assertGreaterOrEqual(plans.length, 60);
      for (const [name, order, expected] of plans) {
        const { kind, message, failures } = await master.give(order);
        assertMatch(`${kind} ${message} ${JSON.stringify(failures)}`, expected, name);
      }
      const pid = trace.length === 0 ? worker.child.pid : await childOf(worker.child.pid);
      const bytes = peakBytes(pid);
      assertLess(bytes, MAX_BYTES, `the worker took ${Math.round(bytes / 1e6)} MB`);
      Deno.kill(pid, "SIGINT");
      const { err } = await worker.ended;
      const told = err.split("\n").filter((line) => /refuse|cannot be used|lost thread/i.test(line)).length;
      assertGreaterOrEqual(
        told,
        plans.length - 4,
        `only ${told} refusals of ${plans.length} were told:\n${err}`,
      );
      if (trace.length > 0) await assertTrace(`${dir}/trace`, { ports: [master.port, target.port], dir });
    }
    assertEquals(traps.map(({ touched }) => touched()), traps.map(() => 0));
    for (const trap of traps) trap.stop();
    await target.stop();
  },
);

/** The process that another one started. */
async function childOf(pid: number): Promise<number> {
  return Number((await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`)).trim());
}

/** What a worker asked of the system: connections to these ports alone, and no file of the folder. */
async function assertTrace(
  path: string,
  { ports, dir }: { readonly ports: readonly number[]; readonly dir: string },
): Promise<void> {
  const calls = (await Deno.readTextFile(path)).split("\n");
  assert(calls.some((call) => call.includes("connect(")), "nothing was traced");
  const strange = calls.filter((call) =>
    call.includes(dir) ||
    (call.includes("connect(") && !call.includes("resumed") &&
      !ports.some((port) => call.includes(`htons(${port}), sin_addr=inet_addr("127.0.0.1")`)))
  );
  assertEquals(strange, []);
}
