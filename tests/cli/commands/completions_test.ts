/** Completion scripts in the shells that they are for. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { unixTest } from "../../_support/peers.ts";
import { program } from "../../_support/program.ts";
import { type Run, run } from "../../_support/run.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A directory with the script of a shell in it. */
async function scriptOf(
  shell: string,
): Promise<{ readonly folder: string; readonly file: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/bench-completion`;
  const { code, out, err } = await program(["completions", shell]);
  assertEquals([code, err], [0, ""]);
  await Deno.writeTextFile(file, out);
  return { folder, file, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

/** Words as they stand before the cursor, the last of them unfinished; what must be offered; what must not. */
const OFFERS: readonly {
  readonly words: readonly string[];
  readonly offered: readonly string[];
  readonly without?: readonly string[];
}[] = [
  { words: [""], offered: ["serve", "har-import", "completions", "help"] },
  { words: ["har"], offered: ["har-import"], without: ["serve"] },
  { words: ["--connec"], offered: ["--connections", "--connect-to"], without: ["--cookie"] },
  { words: ["--no-keep"], offered: ["--no-keepalive"] },
  { words: ["--client", ""], offered: ["raw", "fetch"], without: ["deno.json", "serve"] },
  { words: ["--client", "f"], offered: ["fetch"], without: ["raw"] },
  { words: ["--scenario", "fixtures/scenarios/log"], offered: ["fixtures/scenarios/login.yaml"] },
  { words: ["schema", ""], offered: ["scenario"], without: ["serve"] },
  { words: ["completions", "z"], offered: ["zsh"], without: ["bash"] },
  { words: ["help", "thr"], offered: ["thresholds"] },
  { words: ["har-import", "--pres"], offered: ["--preserve-headers"], without: ["--prom-remote-write"] },
  {
    words: ["har-import", "--format", ""],
    offered: ["scenario", "script", "url-file"],
    without: ["deno.json"],
  },
  { words: ["har-import", "fixtures/har/sh"], offered: ["fixtures/har/shop.har"] },
  { words: ["serve", "--po"], offered: ["--port"] },
];

function check(words: readonly string[], offers: readonly string[]): void {
  const { offered, without = [] } = OFFERS.find((row) => row.words === words)!;
  const line = `bench ${words.join(" ")}|`;
  for (const word of offered) assert(offers.includes(word), `${line} lacks ${word}: ${offers.join(" ")}`);
  for (const word of without) assert(!offers.includes(word), `${line} offers ${word}`);
}

unixTest("bench completions bash completes in bash", ["bash"], async () => {
  await using script = await scriptOf("bash");
  for (const { words } of OFFERS) {
    const { out, err } = await run("bash", [
      "--norc",
      "-uc",
      'source "$0"; COMP_WORDS=(bench "$@"); COMP_CWORD=$#; _bench; printf "%s\\n" "${COMPREPLY[@]-}"',
      script.file,
      ...words,
    ], { cwd: ROOT });
    assertEquals(err.replace(/.*compopt: not currently executing.*\n/, ""), "");
    check(words, out.split("\n"));
  }
});

unixTest(
  "bench completions bash completes after an equals sign, where bash splits the word",
  ["bash"],
  async () => {
    await using script = await scriptOf("bash");
    const { out } = await run("bash", [
      "--norc",
      "-c",
      'source "$0"; COMP_WORDS=(bench --client = f); COMP_CWORD=3; _bench; echo "${COMPREPLY[@]}"',
      script.file,
    ]);
    assertEquals(out, "fetch\n");
  },
);

unixTest("the bash script has no findings of shellcheck", ["shellcheck"], async () => {
  await using script = await scriptOf("bash");
  assertEquals(await run("shellcheck", ["-s", "bash", script.file]), { code: 0, out: "", err: "" });
});

unixTest("bench completions fish completes in fish", ["fish"], async () => {
  await using script = await scriptOf("fish");
  for (const { words } of OFFERS) {
    const { out, err } = await inFish(script.file, words);
    assertEquals(err, "");
    check(words, out.split("\n").map((line) => line.split("\t")[0]!));
  }
});

function inFish(file: string, words: readonly string[]): Promise<Run> {
  const line = ["bench", ...words].join(" ");
  return run("fish", ["--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, file, line], {
    cwd: ROOT,
  });
}

/**
 * What zsh offers is found out as a person would: a line editor in a pseudo-terminal gets the words and the request to
 * list. `compadd`, which receives every offer, is wrapped and writes them to a file.
 */
const ZSH_DRIVER = String.raw`
zmodload zsh/zpty
offers=$2
cat >$offers.rc <<'END'
autoload -U compinit; compinit -u -d $DUMP
source $SCRIPT
compadd() {
  local -a hits
  if [[ \${@[(I)-[OAD]]} = 0 ]]; then
    builtin compadd -A hits "$@"
    (( $#hits )) && print -l -- $hits >>$OFFERS
  fi
  builtin compadd "$@"
}
finish() { zle list-choices; print -- '(done)' >>$OFFERS; }
zle -N finish
bindkey '^T' finish
print -- '(ready)' >>$OFFERS
END
export SCRIPT=$1 OFFERS=$offers DUMP=$1.dump
zpty shell zsh -f -i
zpty -w shell "cd $PWD; source $offers.rc"
until grep -q '(ready)' $offers 2>/dev/null; do zpty -r -t shell >/dev/null || sleep 0.05; done
shift 2
for line in "$@"; do
  done=$(grep -c '(done)' $offers)
  zpty -w -n shell $'\x15'"$line"$'\x14'
  until (( $(grep -c '(done)' $offers) > done )); do zpty -r -t shell >/dev/null || sleep 0.05; done
done
zpty -d shell
cat $offers
`;

unixTest("bench completions zsh completes in zsh", ["zsh"], async () => {
  await using script = await scriptOf("zsh");
  await Deno.writeTextFile(`${script.folder}/driver`, ZSH_DRIVER.replaceAll("\\$", "$"));
  const { out, err } = await run("zsh", [
    "-f",
    `${script.folder}/driver`,
    script.file,
    `${script.folder}/offers`,
    ...OFFERS.map(({ words }) => ["bench", ...words].join(" ")),
  ], { cwd: ROOT });
  assertEquals(err, "");
  const parts = out.split("(ready)\n")[1]!.split("(done)\n");
  for (const [at, { words }] of OFFERS.entries()) {
    const typed = words.at(-1)!;
    const offers = parts[at]!.split("\n");
    check(words, typed.includes("/") ? offers.map((offer) => joined(typed, offer)) : offers);
  }
});

/** Zsh offers a file by its last part. */
function joined(typed: string, offer: string): string {
  return offer.includes("/") ? offer : typed.slice(0, typed.lastIndexOf("/") + 1) + offer;
}

/** Without PowerShell here: quotations and brackets of the script must at least close. */
Deno.test("the PowerShell script is balanced and names every option and command", async () => {
  const { out } = await program(["completions", "powershell"]);
  const withoutTexts = out.replace(/'(?:[^']|'')*'/g, "").replace(/#.*/g, "");
  const open: string[] = [];
  const pairs: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
  for (const sign of withoutTexts.match(/[()[\]{}]/g) ?? []) {
    if (Object.hasOwn(pairs, sign)) assertEquals(open.pop(), pairs[sign], `unbalanced ${sign}`);
    else open.push(sign);
  }
  assertEquals([open, withoutTexts.includes("'")], [[], false]);
  for (const { offered } of OFFERS) {
    for (const word of offered.filter((word) => !word.includes("/"))) assertStringIncludes(out, `'${word}'`);
  }
});

Deno.test("bench completions says which shells it knows", async () => {
  const { code, err } = await program(["completions", "tcsh"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "bash, zsh, fish, powershell");
});
