/**
 * The program, every call of whose main thread to the C library and OpenSSL is looked at, with forced collections in
 * between: `deno run -A --v8-flags=--expose-gc checked_main.ts FILE COLLECT_EVERY WORDS…`. What was found goes into the file.
 */
import { CallChecker } from "./checked_calls.ts";

if (import.meta.main) {
  const [file = "", collectEvery = "", ...words] = Deno.args;
  const checker = new CallChecker(Number(collectEvery));
  checker.install();
  const { main } = await import("../../../src/cli/main.ts");
  const code = await main(words);
  await Deno.writeTextFile(file, JSON.stringify(checker.findings()));
  Deno.exit(code);
}
