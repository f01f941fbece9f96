/**
 * `bench init`: a commented file to start from, and the command that uses it.
 *
 * @module
 */
import { EXIT, fileReason, UsageError } from "../../lib/errors.ts";
import { type Command, wordsOnly } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { INIT_FILES, type InitFile } from "../help/init_files.ts";
import { printOut } from "../terminal.ts";

const KINDS = Object.keys(INIT_FILES);

const spec = wordsOnly("init", {
  usage: "[config|scenario|script|ci]",
  summary: "Writes a commented file to start from: bench.yaml, scenario.yaml, load.ts or a GitHub workflow.",
  label: "kind of file",
  completes: KINDS,
});

/** Writes the file that the word names; never over one that is there. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(
    spec,
    argv,
    ({ operands }) =>
      operands.every((word) => KINDS.includes(word))
        ? []
        : [`Cannot write that: expected bench init ${KINDS.join("|")}`],
  );
  if (settings === undefined) return EXIT.ok;
  const file = INIT_FILES[settings.operands[0] ?? "config"]!;
  await write(file);
  printOut(`Wrote ${file.path}. Next:\n\n${file.next.map((line) => `  ${line}\n`).join("")}`);
  return EXIT.ok;
}

/** @throws {UsageError} when the file exists or cannot be written */
async function write({ path, text }: InitFile): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  try {
    if (folder !== "" && path.includes("/")) await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(path, text, { createNew: true });
  } catch (error) {
    const reason = error instanceof Deno.errors.AlreadyExists
      ? "it exists already; move it away or edit it"
      : fileReason(error);
    throw new UsageError(`Cannot write ${path}: ${reason}`);
  }
}

/** `bench init`. */
export const initCommand: Command = { spec, run };
