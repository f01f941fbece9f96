/** Small files of the system are read by whoever may call the system, without every permission of the runtime. */
import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../../_support/run.ts";

const MODULE = new URL("../../../src/lib/files/system_file.ts", import.meta.url).href;

const PATHS = [
  "/proc/self/limits",
  "/proc/thread-self/schedstat",
  "/proc/self/status",
  "/proc/none",
  "/proc/self",
];

async function read(...permissions: readonly string[]): Promise<readonly (string | null)[]> {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  const code = `import { readSystemFile } from "${MODULE}";
    console.log(JSON.stringify(${JSON.stringify(PATHS)}.map((path) => readSystemFile(path) ?? null)));`;
  await Deno.writeTextFile(script, code);
  const config = ["--config", fileURLToPath(new URL("../../../deno.json", import.meta.url))];
  const end = await run(Deno.execPath(), [
    "run",
    "--no-prompt",
    "--no-check",
    ...config,
    ...permissions,
    script,
  ]);
  await Deno.remove(script);
  assertEquals(end.code, 0, end.err);
  return JSON.parse(end.out);
}

for (const permissions of [["--allow-all"], ["--allow-ffi"], ["--allow-read", "--allow-ffi"]]) {
  Deno.test({
    name: `readSystemFile() reads with ${permissions.join(" ")}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const [limits, schedule, status, ...none] = await read(...permissions);
      assertMatch(limits!, /^Max open files +\d/m);
      assertMatch(schedule!, /^\d+ \d+ \d+\n$/);
      assertMatch(status!, /^SigIgn:/m);
      assertEquals(none, [null, null]);
    },
  });
}

Deno.test("readSystemFile() finds nothing, and asks nobody, without permission", async () => {
  assertEquals(await read("--allow-read"), PATHS.map(() => null));
  assertEquals(await read(), PATHS.map(() => null));
});
