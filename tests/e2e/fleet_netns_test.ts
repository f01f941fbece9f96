/** A fleet on two machines, as far as namespaces can play them, whose cable is cut. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { programPath } from "../_support/peers.ts";
import { fleetTest, watch, type Watched } from "./_fleet.ts";
import { pause } from "../_support/wait.ts";

const SECRET = { BENCH_SECRET: "correct horse battery" };
/** Addresses of documentation (RFC 5737): they exist in these namespaces alone. */
const [NEAR, FAR] = ["192.0.2.1", "192.0.2.2"];

async function ip(...args: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command(programPath("ip")!, {
    args: [...args],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** Two namespaces with a cable between them, for as long as a test takes. */
class Cable {
  readonly #id = `bench${Deno.pid}x${Math.floor(performance.now()) % 100_000}`;
  readonly near = `${this.#id}n`;
  readonly far = `${this.#id}f`;

  /** Whether this machine lets us make them. */
  async plug(): Promise<boolean> {
    if (!await ip("netns", "add", this.near)) return false;
    const made = await ip("netns", "add", this.far) &&
      await ip(
        "-n",
        this.near,
        "link",
        "add",
        "cable",
        "type",
        "veth",
        "peer",
        "name",
        "cable",
        "netns",
        this.far,
      );
    if (!made) return false;
    for (const [namespace, address] of [[this.near, NEAR], [this.far, FAR]] as const) {
      await ip("-n", namespace!, "addr", "add", `${address}/24`, "dev", "cable");
      await ip("-n", namespace!, "link", "set", "lo", "up");
      await ip("-n", namespace!, "link", "set", "cable", "up");
    }
    return true;
  }

  async cut(): Promise<void> {
    assert(await ip("-n", this.far, "link", "set", "cable", "down"));
  }

  async mend(): Promise<void> {
    assert(await ip("-n", this.far, "link", "set", "cable", "up"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ip("netns", "del", this.near);
    await ip("netns", "del", this.far);
  }
}

/** A run with one worker beside the master and one behind the cable. */
interface Run {
  readonly master: Watched;
  readonly near: Watched;
  readonly far: Watched;
}

async function start(cable: Cable, args: readonly string[]): Promise<Run> {
  const at = (namespace: string) => ["ip", "netns", "exec", namespace];
  const target = watch(["serve", "--host", NEAR!, "--port", "8080"], {}, at(cable.near));
  await target.says("Listening");
  const common = ["--silence", "4s"];
  const master = watch(
    [
      "--master",
      "--expect-workers",
      "2",
      "--bind",
      NEAR!,
      "--json",
      "-",
      ...common,
      ...args,
      `http://${NEAR}:8080/delay/5`,
    ],
    SECRET,
    at(cable.near),
  );
  const worker = (namespace: string, name: string) =>
    watch(["--worker", NEAR!, "-t", "1", "--worker-name", name, ...common], SECRET, at(namespace));
  const run = { master, near: worker(cable.near, "near"), far: worker(cable.far, "far") };
  await Promise.all([run.near.says("Run 1:"), run.far.says("Run 1:")]);
  return run;
}

/** Requests that a worker says it sent. */
function sentBy(err: string): number {
  return Number(/done, (\d+) requests/.exec(err)?.[1] ?? NaN);
}

/** Runs a test in namespaces of its own, or says why it does not. */
function cableTest(name: string, test: (cable: Cable) => Promise<void>): void {
  fleetTest(name, async () => {
    await using cable = new Cable();
    if (!await cable.plug()) {
      // deno-lint-ignore no-console -- a skipped test must be seen
      return console.warn(`Skipped "${name}": network namespaces need root`);
    }
    await test(cable);
  }, ["ip"]);
}

cableTest("a cable cut for a moment: everybody stays, and everything is counted once", async (cable) => {
  const run = await start(cable, ["-c", "4", "-d", "600"]);
  await pause(1500);
  await cable.cut();
  await pause(1000);
  await cable.mend();
  await pause(1500);
  run.master.child.kill("SIGINT");
  const { code, out, err } = await run.master.ended;
  assertEquals(code, 0, err);
  const result = JSON.parse(out);
  const [near, far] = await Promise.all([run.near.ended, run.far.ended]);
  assertEquals([near.code, far.code], [0, 0]);
  assertEquals(result.total_requests + result.unfinished_requests, sentBy(near.err) + sentBy(far.err));
});

cableTest(
  "a cable cut for longer: the far worker stops, is lost, and does not come back into the count",
  async (cable) => {
    const run = await start(cable, ["-c", "4", "-d", "600"]);
    await pause(2500);
    await cable.cut();
    await Promise.all([run.master.says("Lost worker"), run.far.says("Ended:")]);
    await cable.mend();
    await pause(1000);
    run.master.child.kill("SIGINT");
    const { code, out, err } = await run.master.ended;
    assertEquals(code, 1, err);
    assertMatch(err, /Lost worker \d \(far\): nothing heard for/);
    const result = JSON.parse(out);
    const [near, far] = await Promise.all([run.near.ended, run.far.ended]);
    assertEquals([near.code, far.code], [0, 1]);
    assertMatch(far.err, /Ended: nothing heard for/);
    const counted = result.total_requests + result.unfinished_requests;
    const ofFar = counted - sentBy(near.err);
    assert(
      ofFar > 0 && ofFar <= sentBy(far.err),
      `${ofFar} of the far worker's ${sentBy(far.err)} are counted`,
    );
  },
);
