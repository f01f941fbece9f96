/** The manual page, as groff reads it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { DOOR } from "../../src/cli/commands.ts";
import { renderManText } from "../../src/cli/help/man_text.ts";
import { manPage } from "../../src/options/man_page.ts";
import { peerTest } from "../_support/peers.ts";
import { run } from "../_support/run.ts";
import { sampleCommand } from "./_sample.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("manPage() lists options by group, with argument, negation and default", () => {
  const page = manPage(sampleCommand, [], []);
  assertStringIncludes(
    page,
    ".SS Load\n.TP\n\\fB\\-c\\fR, \\fB\\-\\-connections\\fR \\fIN\\fR\nConnections (default: 10)",
  );
  assertStringIncludes(page, "\\fB\\-k\\fR, \\fB\\-\\-keepalive\\fR, \\fB\\-\\-no\\-keepalive\\fR");
  assertStringIncludes(page, "\\fB\\-r\\fR, \\fB\\-\\-report\\fR[=\\fIFILE\\fR]");
});

Deno.test("manPage() takes the meaning from whatever roff would obey", () => {
  const text = ".so /etc/passwd\n'ig\n  .bp\n  a\\b…\nend\n";
  const page = manPage(sampleCommand, [], [{ name: "a-topic", text }]);
  assertStringIncludes(
    page,
    ".SH A TOPIC\n.PP\n\\&.so /etc/passwd\n\\&'ig\n.RS 2\n.nf\n\\&.bp\na\\eb\\[u2026]\n.fi\n.RE\nend\n",
  );
});

/** Bold print on a terminal is a letter twice, with a step back between. */
function withoutOverstrike(text: string): string {
  // deno-lint-ignore no-control-regex -- the step back
  return text.replace(/.\x08/g, "");
}

peerTest("groff reads the manual page without a warning, and man shows it", ["groff", "man"], async () => {
  await using temp = await tempDir();
  const file = `${temp.path}/file.1`;
  await Deno.writeTextFile(file, await renderManText(DOOR));
  const { code, out, err } = await run("groff", ["-ww", "-man", "-Tutf8", "-rLL=120n", file]);
  assertEquals([code, err], [0, ""]);
  for (const part of ["BENCH(1)", "NAME", "SYNOPSIS", "OPTIONS", "EXIT CODES", "THRESHOLDS"]) {
    assertStringIncludes(withoutOverstrike(out), part);
  }
  const env = { MANPAGER: "cat", PAGER: "cat", MANWIDTH: "100", MANROFFOPT: "-c" };
  const shown = await run("man", ["-l", file], { env });
  assertEquals(shown.code, 0, shown.err);
  assertStringIncludes(withoutOverstrike(shown.out), "--num-requests");
});
