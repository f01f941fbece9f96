/**
 * Documents for users as tests see them: their code blocks, the files among these, and the command lines.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The folder of all documents, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One fenced block. */
export interface Block {
  /** What stands behind the fence: `sh`, `yaml`. */
  readonly language: string;
  readonly text: string;
  /** Line of the fence, from 1. */
  readonly line: number;
}

/** One command line, continued lines joined, without its comment. */
export interface CommandLine {
  readonly text: string;
  readonly line: number;
}

/** Paths of all documents, from {@linkcode ROOT}. */
export async function documentPaths(): Promise<readonly string[]> {
  const names = (await Array.fromAsync(Deno.readDir(`${ROOT}docs`))).map(({ name }) => name);
  return [
    "README.md",
    "CONTRIBUTING.md",
    ...names.filter((name) => name.endsWith(".md")).toSorted().map((name) => `docs/${name}`),
  ];
}

/** The blocks of a document. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    const fence = /^```(\w*)$/.exec(line);
    if (open && fence) {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join("\n") + "\n" });
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (fence) open = { language: fence[1]!, line: at + 1, lines: [] };
  }
  return blocks;
}

/** Blocks whose first line is a comment with a file name: `# login.yaml`, `// login.ts`. */
export function filesIn(blocks: readonly Block[]): Readonly<Record<string, string>> {
  return Object.fromEntries(blocks.flatMap(({ text }) => {
    const name = /^(?:#|\/\/) ([\w.-]+\.\w+)\n/.exec(text)?.[1];
    return name === undefined ? [] : [[name, text] as const];
  }));
}

/**
 * The command lines of the `sh` blocks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const blocks = [{ language: "sh", line: 4, text: "a -b \\\n  c   # why\n\n# only a comment\nd '# e'\n" }];
 * assertEquals(commandLines(blocks), [{ text: "a -b c", line: 6 }, { text: "d '# e'", line: 9 }]);
 * ```
 */
export function commandLines(blocks: readonly Block[]): readonly CommandLine[] {
  const found: CommandLine[] = [];
  for (const { text, line } of blocks.filter(({ language }) => language === "sh")) {
    let pending = "";
    for (const [at, raw] of text.split("\n").entries()) {
      pending += raw.replace(/(?:^| {2,})#.*$/, "").trim();
      if (pending.endsWith("\\")) pending = pending.replace(/\\$/, "");
      else if (pending.endsWith(" &")) pending += "\n"; // One script with what follows.
      else {
        if (pending !== "") found.push({ text: pending, line: line + at + 1 });
        pending = "";
      }
    }
  }
  return found;
}

/** A file of a document as a test uses it: with its own target, and scenarios that are over at once. */
export function fileForTest(text: string, targetUrl: string): string {
  const own = text.replaceAll("http://localhost:8080", targetUrl);
  if (!/\bscenarios\b/.test(own)) return own;
  return own.replace(
    /\b(duration|start|ramp_up): ("?)\d[\w.]*\2/g,
    (_, key: string, quote: string) => `${key}: ${quote}${key === "duration" ? "300ms" : "100ms"}${quote}`,
  );
}

/** Flags that take a time, and the time with which a test is content. */
const SHORTER: Readonly<Record<string, string>> = {
  "-d": "300ms",
  "--duration": "300ms",
  "--warmup": "100ms",
  "--ramp-up": "100ms",
  "--think-time": "10ms",
  "--step-duration": "300ms",
};

/** Words that settle how long a run lasts. */
const HAS_LENGTH = / (?:-d|--duration|-n|--num-requests|--iterations|--autofind|--config|demo) ?/;

/**
 * The command line as a test runs it: target and master's port are local ones, times are short, also those that the program would
 * choose by itself. Nothing else is changed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(
 *   forTest("bench -c 5 -d 30s --traffic-profile stages:10s@1,1m@2 http://localhost:8080/a", "http://127.0.0.1:9"),
 *   "bench -c 5 -d 300ms --traffic-profile stages:150ms@1,150ms@2 http://127.0.0.1:9/a",
 * );
 * assertEquals(forTest("bench --think-time 0 -n 1 x", ""), "bench --think-time 0 -n 1 x");
 * assertEquals(forTest("bench http://localhost:8080/", "http://a"), "bench -d 300ms http://a/");
 * assertEquals(forTest("bench --autofind x", ""), "bench --autofind --step-duration 300ms x");
 * assertEquals(forTest("bench --worker a:9220", "", 7), "bench --worker a:7");
 * ```
 * @param port where masters listen
 */
export function forTest(text: string, targetUrl: string, port = 9220): string {
  const own = text.replace(/--master\b/, `--master --port ${port}`).replaceAll(":9220", `:${port}`).replace(
    /--autofind(?!.*--step-duration)(?= |$)/,
    "--autofind --step-duration 300ms",
  );
  const limited = HAS_LENGTH.test(own) ? own : own.replace(/ (?=http:\/\/localhost:8080)/, " -d 300ms ");
  return limited.replaceAll("http://localhost:8080", targetUrl)
    .replaceAll("ws://localhost:8080", targetUrl.replace(/^http/, "ws"))
    .replace(
      /(?<= )(--?[a-z-]+) (\d[\w.]*)(?= |$)/g,
      (whole, flag: string, value: string) =>
        Object.hasOwn(SHORTER, flag) && value !== "0" ? `${flag} ${SHORTER[flag]}` : whole,
    )
    .replace(/stages:[\w@.,]+/g, (stages) => {
      const each = Math.floor(300 / stages.split(",").length);
      return stages.replace(/[\w.]+@/g, `${each}ms@`);
    });
}
