/** Settings become a complete plan, which is JSON. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { composePlan } from "../../../src/run/compose/compose_plan.ts";
import { LOCAL_SOURCES } from "../../../src/run/compose/plan_sources.ts";
import { httpStepsOf } from "../../../src/plan/scenario.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { VERSION } from "../../../src/lib/version.ts";
import { planOf, settingsOf } from "../_settings.ts";
import { tempDir } from "../../_support/temp_dir.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";

Deno.test("composePlan() makes a complete plan of one URL", async () => {
  const name = "GET http://host:8080/a?token=***";
  assertEquals(await planOf(["http://me:pw@host:8080/a?token=x#y"]), {
    version: 1,
    load: { kind: "duration", connections: 10, durationMs: 10_000 },
    scenario: {
      pick: "rotate",
      flows: [{
        name,
        weight: 1,
        steps: [{
          name,
          kind: "http",
          method: "GET",
          url: "http://host:8080/a?token=x",
          headers: [
            ["Host", "host:8080"],
            ["User-Agent", `bench/${VERSION}`],
            ["Accept", "*/*"],
            ["Authorization", "Basic bWU6cHc="],
          ],
          isTemplate: false,
          extract: [],
          checks: [],
        }],
      }],
      data: [],
      cookies: "ignore",
      onExtractFailure: "continue",
      onTemplateError: "keep_literal",
      cacheBust: false,
    },
    client: { ...PLAIN_CLIENT, timeoutMs: 30_000 },
    gracefulStopMs: 1000,
    warmupMs: 0,
    seed: 7,
    verbosity: 0,
  });
});

Deno.test("composePlan() puts every option where it belongs", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\n";
  const argv = "-c 3 -n 50 -m post -b hi -R -l --no-keepalive --timeout 2 --max-header-size 1KiB " +
    "--insecure --ca-bundle ca.pem --grace 0 --warmup 2s --seed 42 -v 3 http://x/";
  const plan = await planOf(argv.split(" "), { files: { "ca.pem": pem } });
  assertEquals(plan.load, { kind: "requests", connections: 3, unit: "requests", amount: 50 });
  assertEquals((await planOf(["--client", "fetch", "http://x/"])).client.kind, "fetch");
  assertEquals(plan.client, {
    kind: "raw",
    keepAlive: false,
    timeoutMs: 2000,
    maxHeaderBytes: 1024,
    tls: { verify: false, caCerts: [pem] },
    phases: false,
    verifyLength: true,
    maxRedirects: 0,
    http2: false,
    resolve: [],
    perAddress: false,
  });
  assertEquals([plan.gracefulStopMs, plan.warmupMs, plan.seed, plan.verbosity], [0, 2000, 42, 3]);
  const step = httpStepsOf(plan.scenario)[0]!;
  assertEquals([step.method, step.body, plan.scenario.cacheBust], [
    "POST",
    { kind: "text", text: "hi" },
    true,
  ]);
});

Deno.test("composePlan() makes plans that survive JSON", async () => {
  const plan = await planOf(["-p", "f", "http://x/"], { files: { f: "\u0000ÿ" } });
  assertEquals(JSON.parse(JSON.stringify(plan)), plan);
});

Deno.test("LOCAL_SOURCES read this machine's files", async () => {
  await using temp = await tempDir();
  const file = `${temp.path}/file`;
  await Deno.writeTextFile(file, "body");
  const plan = await composePlan(await settingsOf(["-p", file, "http://x/"]), LOCAL_SOURCES);
  assertEquals(httpStepsOf(plan.scenario)[0]!.body, { kind: "base64", base64: "Ym9keQ==" });
  assert(Number.isInteger(plan.seed) && plan.seed >= 0 && plan.seed < 2 ** 32);
  const settings = await settingsOf(["-p", Deno.cwd(), "http://x/"]);
  await assertRejects(() => composePlan(settings, LOCAL_SOURCES), UsageError, "it is a directory");
});

Deno.test("a gRPC target whose escapes are broken is a mistake of the command line", async () => {
  await assertRejects(
    () => planOf(["grpc://host/%zz"]),
    UsageError,
    'Cannot call "%zz": expected package.Service/Method',
  );
});
