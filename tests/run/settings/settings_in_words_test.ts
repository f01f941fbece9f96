/** What was set, in words: names, units, where it came from, and no secret. */
import { assertEquals } from "@std/assert";
import { commandText } from "../../../src/run/settings/command_text.ts";
import { settingsInWords } from "../../../src/run/settings/settings_in_words.ts";
import { settingsOf } from "../_settings.ts";

async function wordsOf(argv: readonly string[], world = {}): Promise<readonly string[]> {
  return settingsInWords(await settingsOf([...argv], world)).map(({ name, value, from }) =>
    `${name}: ${value}${from === undefined ? "" : ` (${from})`}`
  ).sort();
}

Deno.test("settingsInWords() tells what was given with its unit, and nothing else", async () => {
  const words = ["-c", "1500", "-d", "90", "--rate", "2500", "--http2", "--body-limit", "64KiB", "http://x/"];
  assertEquals(
    await wordsOf([...words, "--timeout", "250ms", "--latency-breakdown", "--no-keepalive"]),
    [
      "URL: http://x/",
      "Connections: 1,500 (-c)",
      "Duration: 1 min 30 s (-d)",
      "Rate: 2,500 per second (--rate)",
      "Keep-alive: off (--no-keepalive)",
      "HTTP/2: on (--http2)",
      "Timeout: 250 ms (--timeout)",
      "Latency breakdown: on (--latency-breakdown)",
      "Body limit: 64 KiB (--body-limit)",
    ].sort(),
  );
});

Deno.test("stages, profiles and steps with an @ in their names are no user names and passwords", async () => {
  assertEquals(await wordsOf(["--stages", "0s@1,5s@10", "--th", "step:a:b@c p95 < 1s", "http://x/"]), [
    "Stages: 0s@1,5s@10 (--stages)",
    "Threshold: step:a:b@c p95 < 1s (--th)",
    "URL: http://x/",
  ]);
  const profile = "stages:1s@20,1s@50";
  const settings = await settingsOf(["--rate", "5", "-d", "2", "--traffic-profile", profile, "http://x/"]);
  assertEquals(commandText(settings), `bench --rate 5 -d 2s --traffic-profile ${profile} http://x/`);
});

Deno.test("a command to be repeated leaves secrets of the environment where they are", async () => {
  const environment = { BENCH_TOKEN: "hush-hush", BENCH_DURATION: "5" };
  const settings = await settingsOf(["--auth", "bearer", "http://x/"], { environment });
  assertEquals(commandText(settings), "bench -d 5s --auth bearer http://x/");
  const given = await settingsOf(["--auth", "bearer", "--token", "hush-hush", "http://x/"]);
  assertEquals(commandText(given), "bench --auth bearer --token '***' http://x/");
});

Deno.test("settingsInWords() says where settings came from, masks secrets, and lists what was given often", async () => {
  const world = {
    files: { "bench.yaml": "timeout: 4s\n" },
    environment: { BENCH_DURATION: "5", BENCH_CONFIG: "bench.yaml" },
  };
  const given = await wordsOf(
    ["-H", "Authorization: Bearer hush", "-H", "A: b", "--th", "p95 < 1s", "http://u:hush@x/?api_key=hush"],
    world,
  );
  assertEquals(
    given,
    [
      "URL: http://***@x/?api_key=***",
      "Duration: 5 s (BENCH_DURATION)",
      "Header: Authorization: *** (-H)",
      "Header: A: b (-H)",
      "Timeout: 4 s (bench.yaml: timeout)",
      "Threshold: p95 < 1s (--th)",
    ].sort(),
  );
});
