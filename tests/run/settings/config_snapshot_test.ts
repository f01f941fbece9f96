/** The settings that a result keeps. */
import { assertEquals, assertNotMatch } from "@std/assert";
import { configSnapshot } from "../../../src/run/settings/config_snapshot.ts";
import { httpUrl } from "../../../src/options/http_types.ts";
import { defineOptions } from "../../../src/options/option.ts";
import { resolve } from "../../../src/options/resolve.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { planFor } from "../../_support/plan.ts";
import { planOf, settingsOf } from "../_settings.ts";

async function snapshotOf(...argv: string[]) {
  return configSnapshot(await settingsOf(argv), await planOf(argv));
}

Deno.test("configSnapshot() has option names as keys and seconds for durations", async () => {
  const snapshot = await snapshotOf(
    "--timeout",
    "1500ms",
    "-H",
    "Accept: a/b",
    "--tag",
    "a=b",
    "http://x:81/",
  );
  const { timeout, header, tag, connections, duration, max_header_size, url_host, seed } = snapshot;
  assertEquals(
    { timeout, header, tag, connections, duration, max_header_size, url_host, seed },
    {
      timeout: 1.5,
      header: ["Accept: a/b"],
      tag: ["a=b"],
      connections: 10,
      duration: 10,
      max_header_size: 65_536,
      url_host: "x:81",
      seed: 7,
    },
  );
  assertEquals(JSON.parse(JSON.stringify(snapshot)), snapshot);
});

Deno.test("configSnapshot() holds no secret", async () => {
  const snapshot = await snapshotOf(
    ...["-A", "me:hunter2", "-C", "id=hunter2", "-b", "hunter2", "-m", "POST"],
    ...["-H", "Authorization: Bearer hunter2", "-H", "X-Api-Key: hunter2", "-H", "Accept: a/b"],
    "http://me:hunter2@x/?token=hunter2",
  );
  assertNotMatch(JSON.stringify(snapshot), /hunter2/);
  assertEquals([snapshot.basic_auth, snapshot.cookie, snapshot.body], ["***", ["***"], "***"]);
  assertEquals(snapshot.header, ["Authorization: ***", "X-Api-Key: ***", "Accept: a/b"]);
});

Deno.test("configSnapshot() masks URLs among the values", async () => {
  const options = defineOptions({
    endpoint: { long: "--endpoint", type: httpUrl, group: "Export", help: "" },
  });
  const given = [{ property: "endpoint", flag: "--endpoint", text: "http://a:b@x/?api_key=c&d=e" }];
  const { values } = resolve(options, { given });
  const { endpoint } = configSnapshot({ values, options }, await planOf(["http://x/"]));
  assertEquals(endpoint, "http://***@x/?api_key=***&d=e");
});

const NOTHING = { users: null, num_requests: null, rate: null };

for (
  const [what, load, expected] of [
    ["duration", { kind: "duration", connections: 5, durationMs: 1500 }, {
      ...NOTHING,
      mode: "duration",
      connections: 5,
      duration: 1.5,
    }],
    ["requests", { kind: "requests", connections: 5, unit: "requests", amount: 9 }, {
      ...NOTHING,
      mode: "requests",
      connections: 5,
      duration: null,
      num_requests: 9,
    }],
    ["users", { kind: "users", users: 8, durationMs: 1000, rampUpMs: 0, thinkMs: 0, thinkJitter: 0 }, {
      ...NOTHING,
      mode: "users",
      connections: null,
      duration: 1,
      users: 8,
    }],
    ["rate", {
      kind: "rate",
      pacer: { kind: "constant", rate: 50 },
      durationMs: 1000,
      maxConnections: 6,
      targetRate: 50,
    }, { ...NOTHING, mode: "duration", connections: 6, duration: 1, rate: 50 }],
  ] as const satisfies readonly (readonly [string, LoadSpec, Record<string, unknown>])[]
) {
  Deno.test(`configSnapshot() has what comparisons need about ${what}`, () => {
    const plan = planFor("http://x/", load);
    const { mode, connections, users, duration, num_requests, rate } = configSnapshot({
      values: {},
      options: {},
    }, plan);
    assertEquals({ mode, connections, users, duration, num_requests, rate }, expected);
  });
}

Deno.test("configSnapshot() says when a scenario ran", () => {
  const plan = planFor("http://x/", { kind: "duration", connections: 1, durationMs: 1 });
  const scenario = { ...plan.scenario, name: "shop" };
  assertEquals(configSnapshot({ values: {}, options: {} }, { ...plan, scenario }).mode, "scenario:duration");
});
