/** The command that repeats a run. */
import { assertEquals } from "@std/assert";
import { commandText } from "../../../src/run/settings/command_text.ts";
import { settingsOf } from "../_settings.ts";

const LINES: readonly (readonly string[])[] = [
  ["--abort-on-fail", "--th", "p95 < 1s"],
  ["--abort-on-fail=5s", "--th", "p95 < 1s", "--th", "error_rate < 1%"],
  ["--web"],
  ["--web=127.0.0.1:9000"],
  ["--wait-ready", "--follow-redirects"],
  ["--wait-ready=5s", "--follow-redirects=3"],
  ["--no-keepalive", "-H", "A: b c", "--warmup", "auto"],
  ["--until", "p50 ± 2%", "--rate", "500", "--traffic-profile", "step:40,80"],
];

for (const line of LINES) {
  Deno.test(`commandText() of ${line.join(" ")} comes to the same settings`, async () => {
    const settings = await settingsOf([...line, "http://x/"]);
    const text = commandText(settings);
    const words = text.match(/(?:'[^']*'|[^\s'])+/g)!.map((word) => word.replaceAll("'", ""));
    const again = await settingsOf(words.slice(1));
    assertEquals([again.problems, again.values], [settings.problems, settings.values], text);
  });
}
