/**
 * The data of a step that stands in no file: what its placeholders stand for.
 *
 * @module
 */
import { messageOf, UsageError } from "../lib/errors.ts";
import type { HttpStep } from "../plan/http_step.ts";
import type { DataSet } from "../plan/scenario.ts";
import { Findings } from "../steps/file/findings.ts";
import { parseScenarioText } from "../steps/file/scenario_text.ts";
import { checkFlow } from "./check_placeholders.ts";
import { type DataFlags, loadData } from "./load_data.ts";

/** What fills a step in. */
export interface FillOptions {
  readonly flags: DataFlags;
  /** The largest data file. */
  readonly maxBytes: number;
  readFile(path: string): Promise<Uint8Array>;
  /** The value of an environment variable. */
  env(name: string): string | undefined;
  warn(sentence: string): void;
}

/** Data sets, and values of environment variables. @throws {UsageError} when a placeholder can have no value */
export async function fillOneStep(
  step: HttpStep,
  { flags, maxBytes, readFile, env, warn }: FillOptions,
): Promise<{ readonly data: readonly DataSet[]; readonly env: Readonly<Record<string, string>> }> {
  const findings = new Findings(parseScenarioText("{}", ""), "");
  const read = async (path: string) => {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      throw new UsageError(`Cannot read "${path}": ${messageOf(error)}`);
    }
    if (bytes.length > maxBytes) {
      throw new UsageError(`Cannot use "${path}": it has more than ${maxBytes / 2 ** 20} MiB`);
    }
    return bytes;
  };
  const data = await loadData({}, { flags, findings, readRelative: read, readGiven: read });
  const flow = { name: step.name, weight: 1, steps: [step] };
  const used = checkFlow({ flow, places: [[]], blockPlaces: [] }, {
    findings,
    data,
    keepsLiteral: false,
    vars: [],
    commonHeaders: [],
    env,
  });
  if (findings.problems.length > 0) throw new UsageError(findings.problems.map(withoutPlace));
  for (const warning of findings.warnings) warn(withoutPlace(warning));
  return { data, env: Object.fromEntries(used) };
}

/** There is no file whose line could be named. */
function withoutPlace(sentence: string): string {
  return sentence.replace(/^:\d+: /, "");
}
