/** The action's scripts: what inputs become, with quotes, blanks and line ends in them. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { type Context, readAction, runAction } from "../_support/action_runner.ts";
import { unixTest } from "../_support/peers.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCRIPTS = fileURLToPath(new URL("../../.github/action/", import.meta.url));

Deno.test("every input goes through the environment, and the action uses no other", async () => {
  const { inputs, outputs, runs } = await readAction();
  assertEquals(runs.using, "composite");
  const used = new Set<string>();
  for (const step of runs.steps) {
    assertEquals([step.uses, step.shell], [undefined, "bash"]);
    assertMatch(step.run, /^bash "\$GITHUB_ACTION_PATH\/\.github\/action\/\w+\.sh"$/);
    for (const text of [...Object.values(step.env), step.if ?? ""]) {
      for (const [, name] of text.matchAll(/\binputs\.([\w-]+)/g)) used.add(name!);
    }
  }
  assertEquals([...used].toSorted(), Object.keys(inputs).toSorted());
  const ids = runs.steps.map(({ id }) => id);
  for (const { value } of Object.values(outputs)) {
    assert(ids.includes(/^\$\{\{ steps\.(\w+)\.outputs\.[\w-]+ \}\}$/.exec(value)?.[1]), value);
  }
});

/** Text and the words in it; none: it cannot be split. */
const WORDS: readonly (readonly [text: string, words?: readonly string[]])[] = [
  ["", []],
  ["  -c 50\t-d\n30s  ", ["-c", "50", "-d", "30s"]],
  [`-H 'A: b c' "x y"z`, ["-H", "A: b c", "x yz"]],
  ["''", [""]],
  [`a\\ b \\' \\"`, ["a b", "'", '"']],
  [`"a \\" b \\\\ c \\n"`, ['a " b \\ c \\n']],
  [`'a \\ b'`, ["a \\ b"]],
  ["one \\\n  two", ["one", "two"]],
  ["$(touch HIT) `touch HIT` ${HOME} $((1+1)) ~", [
    "$(touch",
    "HIT)",
    "`touch",
    "HIT`",
    "${HOME}",
    "$((1+1))",
    "~",
  ]],
  [`"$(touch HIT)" *; touch HIT & | > HIT`, ["$(touch HIT)", "*;", "touch", "HIT", "&", "|", ">", "HIT"]],
  ["ü 'ß €'", ["ü", "ß €"]],
  ["'a"],
  [`a "b`],
];

for (const [text, words] of WORDS) {
  unixTest(
    `split_words ${JSON.stringify(text)} gives ${JSON.stringify(words ?? "a refusal")}`,
    ["bash"],
    async () => {
      await using temp = await tempDir();
      const folder = temp.path;
      const { code, out, err } = await run("bash", [
        "-c",
        '. "$0/words.sh"; split_words "$1" || exit 9; for word in ${WORDS[@]+"${WORDS[@]}"}; do printf "%s\\0" "$word"; done',
        SCRIPTS,
        text,
      ], { cwd: folder, env: { LC_ALL: "C.UTF-8" } });
      if (words === undefined) assertEquals(code, 9);
      else assertEquals([code, out, err], [0, words.map((word) => `${word}\0`).join(""), ""]);
      assertEquals(await Array.fromAsync(Deno.readDir(folder)), [], "something was run");
    },
  );
}

/** Exit codes of run and summary, and the verdict on them. */
const VERDICTS = [
  ["0", "0", "pass"],
  ["2", "2", "threshold"],
  ["0", "2", "threshold"],
  ["2", "0", "threshold"],
  ["3", "3", "regression"],
  ["0", "3", "regression"],
  ["3", "0", "regression"],
  ["3", "2", "threshold"],
  ["1", "0", "error"],
  ["70", "0", "error"],
  ["0", "1", "error"],
  ["130", "", "error"],
  ["", "", "error"],
] as const;

for (const [code, summary, verdict] of VERDICTS) {
  unixTest(`exit codes "${code}" and "${summary}" are the verdict ${verdict}`, ["bash"], async () => {
    await using temp = await tempDir();
    const output = `${temp.path}/file`;
    for (const soft of ["false", "true"]) {
      await Deno.writeTextFile(output, "");
      const end = await run("bash", [`${SCRIPTS}verdict.sh`], {
        env: { RUN_CODE: code, SUMMARY_CODE: summary, INPUT_SOFT_FAIL: soft, GITHUB_OUTPUT: output },
      });
      assertEquals(end.code, verdict === "pass" || soft === "true" ? 0 : 1);
      assertEquals(await Deno.readTextFile(output), `verdict=${verdict}\npassed=${verdict === "pass"}\n`);
    }
  });
}

/** A folder with a `bench` that notes its arguments and, as a benchmark, writes results. */
async function recorder(
  code = 0,
  results = "{}",
): Promise<Context & { readonly notes: () => Promise<string[]> }> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/programs`;
  await Deno.mkdir(path);
  await Deno.writeTextFile(
    `${path}/bench`,
    `#!/usr/bin/env bash
printf '%s\\n' "$@" '--' >>"${folder}/notes"
for ((at = 1; at <= $#; at++)); do
  next=$((at + 1))
  case "\${!at}" in
    --json) printf '%s' '${results}' >"\${!next}" ;;
    --markdown) printf '### Duel\\n' >"\${!next}" ;;
    --output) printf '<!-- bench -->\\n# Results\\n' >"\${!next}" ;;
  esac
done
exit ${code}
`,
    { mode: 0o755 },
  );
  return {
    folder,
    path,
    inputs: { version: "local" },
    notes: async () => (await Deno.readTextFile(`${folder}/notes`)).split("\n"),
  };
}

unixTest("the action hands every input to the program as it is", ["bash"], async () => {
  const job = await recorder();
  const { isGreen, log, outputs, summary } = await runAction({
    ...job,
    inputs: {
      ...job.inputs,
      url: "http://x/?a=$(id)&b='c'",
      args: `-c 5 -H 'X: "; exit 1; #'`,
      thresholds: "\n  p95 < 300ms\n\nerror_rate < 1%\n",
      baseline: "base line.json",
      "fail-on": "p95 > +10%",
      scenario: "s.yaml",
      "html-report": "r.html",
      title: "A `title`",
    },
  });
  assertEquals(isGreen, true, log);
  const notes = (await job.notes()).join("\n");
  const results = `${job.folder}/temp/bench-results.json`;
  assertStringIncludes(
    notes,
    [
      ...["-c", "5", "-H", 'X: "; exit 1; #', "--scenario", "s.yaml", "--html-report", "r.html"],
      ...["--baseline", "base line.json", "--threshold", "p95 < 300ms", "--threshold", "error_rate < 1%"],
      ...["--fail-on", "p95 > +10%", "--json", results, "http://x/?a=$(id)&b='c'", "--"],
    ].join("\n"),
  );
  assertStringIncludes(notes, `summary\n${results}\n--marker\n`);
  assertStringIncludes(notes, "--title\nA `title`\n");
  assertEquals(summary, "# Results\n");
  assertEquals([outputs.verdict, outputs.passed, outputs["results-file"]], ["pass", "true", results]);
  assertEquals(outputs["html-report"], "r.html");
  await Deno.remove(job.folder, { recursive: true });
});

unixTest(
  "a run without results fails the job, soft-fail or not, with the verdict error",
  ["bash"],
  async () => {
    const job = await recorder(1, "");
    const { isGreen, outputs, log } = await runAction({
      ...job,
      inputs: { ...job.inputs, url: "http://x/", "soft-fail": "true" },
    });
    assertEquals([isGreen, outputs.verdict, outputs.passed], [false, "error", "false"]);
    assertStringIncludes(log, "wrote no results");
    await Deno.remove(job.folder, { recursive: true });
  },
);

unixTest("args with an open quotation fail before the program starts", ["bash"], async () => {
  const job = await recorder();
  const { isGreen, log } = await runAction({ ...job, inputs: { ...job.inputs, args: "-H 'x" } });
  assertEquals(isGreen, false);
  assertStringIncludes(log, "a quotation is not closed");
  await Deno.remove(job.folder, { recursive: true });
});

unixTest(
  "a duel of two builds gets its commands as they are, and its report is the summary",
  ["bash"],
  async () => {
    const job = await recorder(3);
    const inputs = {
      ...{ ...job.inputs, url: "http://localhost:{port}/", title: "Old and new" },
      ...{ "a-run": `./old "$HOME" --port {port}`, "b-run": "./new; exit", "fail-on": "p95 > +5%" },
    };
    const { isGreen, outputs, summary } = await runAction({ ...job, inputs });
    assertStringIncludes(
      (await job.notes()).join("\n"),
      [
        ...[
          "duel",
          "--markdown",
          `${job.folder}/temp/bench-duel.md`,
          "--a-run",
          `./old "$HOME" --port {port}`,
        ],
        ...["--b-run", "./new; exit", "--fail-on", "p95 > +5%", "--json"],
        ...[`${job.folder}/temp/bench-results.json`, "http://localhost:{port}/", "--"],
      ].join("\n"),
    );
    assertEquals([isGreen, outputs.verdict, summary], [false, "regression", "## Old and new\n\n### Duel\n"]);
    const refused = await runAction({ ...job, inputs: { ...inputs, thresholds: "p95 < 1s" } });
    assertStringIncludes(refused.log, "A duel takes fail-on, and no thresholds");
    await Deno.remove(job.folder, { recursive: true });
  },
);
