/** What users see when descriptors or local ports run out: limits are set in a shell, or in a network of its own. */
import { assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { PROGRAM } from "../_support/program.ts";
import { SOCKETS } from "../_support/sockets.ts";
import { tempDir } from "../_support/temp_dir.ts";

const BENCH = PROGRAM.map((word) => `'${word}'`).join(" ");
const IS_LINUX = Deno.build.os === "linux";

async function shell(
  script: string,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test({
  name: "bench refuses more connections than it may have files open, and says what to do",
  ignore: !IS_LINUX,
  async fn() {
    const { code, out, err } = await shell(`ulimit -n 100; ${BENCH} -c 200 http://127.0.0.1:9/`);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, "-c 200: ");
    assertStringIncludes(err, "no more than 100 files");
    assertStringIncludes(err, "ulimit -n 256");
  },
});

const WAYS: readonly (readonly [client: string, host: string, sockets: string])[] = [
  ...SOCKETS.flatMap((sockets) => [["raw", "127.0.0.1", sockets], ["raw", "localhost", sockets]] as const),
  ["fetch", "127.0.0.1", "platform"],
];

for (const [client, host, sockets] of WAYS) {
  Deno.test({
    name:
      `--client ${client} --sockets ${sockets} to ${host} names the limit when descriptors run out in the load`,
    ignore: !IS_LINUX,
    async fn() {
      await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
      // An open loop may need fewer connections than it could have, so it is not refused.
      await using temp = await tempDir();
      const file = `${temp.path}/file`;
      const load =
        `--rate 400 -d 2 -c 300 -t 1 --client ${client} --sockets ${sockets} --strict-trust --json '${file}'`;
      const { port } = new URL(server.url);
      const { code, err } = await shell(`ulimit -n 80; ${BENCH} ${load} http://${host}:${port}/delay/1000`);
      const result = JSON.parse(await Deno.readTextFile(file));
      assertGreater(result.error_types.too_many_open_files, 0, err);
      assertEquals(Object.keys(result.error_types), ["too_many_open_files"]);
      assertEquals([code, result.trust.sound], [1, false], "its own fault, which --strict-trust fails");
      const note = result.notes.find(({ text }: { text: string }) =>
        text.includes("ran out of file descriptors")
      );
      assertMatch(
        note.text,
        /the limit is 80 files, sockets included\. Raise the limit \(ulimit -n\)/,
      );
      assertGreater(80, result.connections_opened, "connections that failed were not opened");
    },
  });
}

async function hasOwnNetworks(): Promise<boolean> {
  return IS_LINUX && (await shell("unshare -n ip link set lo up")).code === 0;
}

const canIsolate = await hasOwnNetworks();
if (!canIsolate) {
  // deno-lint-ignore no-console -- a skipped test must be seen
  console.warn("Skipped: no network of its own can be made (unshare -n, as root) to run out of ports");
}

for (const sockets of SOCKETS) {
  Deno.test({
    name:
      `--sockets ${sockets} names the limit when local ports run out; several local addresses have their own`,
    ignore: !canIsolate,
    async fn() {
      const { out, err } = await shell(`unshare -n sh -c "
      ip link set lo up
      echo 40000 40009 > /proc/sys/net/ipv4/ip_local_port_range
      ${BENCH} serve --port 18000 >/dev/null 2>&1 &
      server=\\$!
      until ${BENCH} -n 1 http://127.0.0.1:18000/ >/dev/null 2>&1; do :; done
      ${BENCH} -c 20 -d 1 -t 1 --sockets ${sockets} --strict-trust --json - http://127.0.0.1:18000/
      echo =====\\$?
      ${BENCH} -c 20 -n 500 -t 1 --sockets ${sockets} --local-address 127.0.0.2,127.0.0.3,127.0.0.4 --json - http://127.0.0.1:18000/
      kill \\$server"`);
      const [one = "", code, several = ""] = out.split(/=====(\d+)/);
      const exhausted = JSON.parse(one);
      assertGreater(exhausted.error_types.no_local_port, 0, err);
      assertEquals([code, exhausted.trust.sound], ["1", false]);
      const texts = exhausted.notes.map(({ text }: { text: string }) => text).join("\n");
      assertMatch(
        texts,
        /ran out of local ports: there are 10 from one address to one server.*--local-address/s,
      );
      assertEquals(JSON.parse(several).error_types, {});
    },
  });
}
