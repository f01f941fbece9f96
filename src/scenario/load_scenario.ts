/**
 * Scenario files, YAML or JSON, read and checked as a whole before any load. Files named in a scenario are relative to
 * it. Values of environment variables go into the scenario's `env` and nowhere else: steps, and whatever shows them, keep
 * the placeholder.
 *
 * @module
 */
import { dirname, isAbsolute, join } from "node:path";
import { messageOf, UsageError } from "../lib/errors.ts";
import { loadPatternCompiler } from "../lib/safe_pattern.ts";
import { withSuggestion } from "../lib/suggest.ts";
import type { Flow, HeaderLine, Scenario, Step } from "../plan/scenario.ts";
import { buildStep, credentialProblem, durationMs, type StepContext } from "./build_step.ts";
import { checkFlow } from "./check_placeholders.ts";
import { stepPlaceholders } from "./compile.ts";
import { Findings, memberAt } from "./findings.ts";
import { type DataFlags, loadData } from "./load_data.ts";
import { checkScenario, type ScenarioFile, type SchemaProblem } from "./scenario_schema.ts";
import { type FilePath, parseScenarioText, type ScenarioText } from "./scenario_text.ts";
import { placeholdersIn } from "./template.ts";
import { envNameOf } from "./template_functions.ts";

/** What a scenario is loaded with. */
export interface LoadScenarioOptions {
  /** The file's path as the user gave it. */
  readonly path: string;
  /** The URL of the command line, which replaces the file's own base URL. */
  readonly baseUrl?: string;
  readonly dataFlags?: DataFlags;
  /** Header fields of all requests; a step's own of the same name replace them. */
  readonly commonHeaders?: readonly HeaderLine[];
  /** Reads a data file or a body. May reject. */
  readFile(path: string): Promise<Uint8Array>;
  /** The value of an environment variable. */
  env(name: string): string | undefined;
}

/** A scenario, and what is odd about it. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly warnings: readonly string[];
}

/** Largest data file and largest body file, in bytes. */
const MOST_DATA_BYTES = 256 * 2 ** 20;
const MOST_BODY_BYTES = 10 * 2 ** 20;

/**
 * Makes a scenario of the text of a scenario file.
 *
 * @throws {UsageError} with every problem found, each with file, line and step.
 */
export async function loadScenario(text: string, options: LoadScenarioOptions): Promise<LoadedScenario> {
  const parsed = parseScenarioText(text, options.path);
  const findings = new Findings(parsed, options.path);
  const checked = checkScenario(parsed.value);
  if (isProblems(checked)) {
    for (const problem of checked) report(problem, parsed, findings);
    throw new UsageError(findings.problems);
  }
  const read = (file: string, most: number) => readBytes(file, { most, readFile: options.readFile });
  const here = (file: string) => isAbsolute(file) ? file : join(dirname(options.path), file);
  const data = await loadData(checked, {
    flags: options.dataFlags ?? { data: [], dataStrategy: [] },
    findings,
    readRelative: async (file) => decodeText(await read(here(file), MOST_DATA_BYTES), file),
    readGiven: async (file) => decodeText(await read(file, MOST_DATA_BYTES), file),
  });
  const { base, used } = baseOf(checked, options, findings);
  const flows = await buildFlows(checked, {
    text: parsed,
    findings,
    base,
    commonHeaders: options.commonHeaders ?? [],
    compilePattern: await loadPatternCompiler(),
    readBytes: (file) => read(here(file), MOST_BODY_BYTES),
  });
  const keepsLiteral = checked.on_template_error === "keep_literal";
  const env: Record<string, string> = {};
  flows.forEach((flow, i) => {
    const at = checked.flows ? ["flows", i, "steps"] : ["steps"];
    const values = checkFlow(flow, at, { findings, data, keepsLiteral, env: options.env });
    Object.assign(env, Object.fromEntries(values));
  });
  warnOfUnused(data.map(({ name }) => name), flows, findings);
  if (findings.problems.length > 0) throw new UsageError(findings.problems);
  const scenario: Scenario = {
    name: checked.name ?? "Unnamed Scenario",
    pick: checked.flows ? "weighted" : "rotate",
    flows,
    data,
    cookies: checked.session ?? "persistent",
    onExtractFailure: checked.on_extract_failure ?? "abort_iteration",
    onTemplateError: checked.on_template_error ?? "abort_iteration",
    ...(Object.keys(env).length > 0 && { env }),
    cacheBust: false,
  };
  return { scenario, warnings: [...used, ...findings.warnings] };
}
