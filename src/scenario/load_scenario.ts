/**
 * Scenario files, YAML or JSON, read and checked as a whole before any load. Files named in a scenario are relative to
 * it. Values of environment variables go into the scenario's `env` and nowhere else: steps, and whatever shows them, keep
 * the placeholder.
 *
 * @module
 */
import { MAX_BODY_FILE_BYTES, MAX_DATA_BYTES } from "../lib/size_limits.ts";
import { dirname, isAbsolute, join, parse } from "node:path";
import { authorityProblem } from "../lib/net/authority_problem.ts";
import { messageOf, problemsIn, UsageError } from "../lib/errors.ts";
import { isSecretName } from "../lib/credentials.ts";
import { maskFieldValue } from "../lib/mask_text.ts";
import { MASK, maskUrl } from "../lib/mask_url.ts";
import { withSuggestion } from "../lib/suggest.ts";
import type { HeaderLine } from "../plan/http_step.ts";
import { type GivenLoad, LOAD_KEYS, type LoadKey } from "../plan/parts/load_keys.ts";
import type { OnceFlows, ScenarioPart, ScenariosLoad, SingleLoad } from "../plan/run_plan.ts";
import type { DataValue, Flow, Scenario } from "../plan/scenario.ts";
import { httpUrlOf } from "../plan/websocket_step.ts";
import { type Base, type CallContext, credentialProblem, markOf } from "../steps/file/step_file.ts";
import { stepKind } from "../steps/registry.ts";
import type { BuiltFlow } from "./build_flow.ts";
import { buildAll, withUniqueNames } from "./build_flows.ts";
import { checkFlow, checkVars, variablesOf } from "./check_placeholders.ts";
import { durationMs } from "../steps/file/file_time.ts";
import { Findings, memberAt } from "../steps/file/findings.ts";
import { type DataFlags, loadData } from "./load_data.ts";
import { BLOCK_KEYS } from "./item_schema.ts";
import { checkScenario, type ScenarioFile, type SchemaProblem } from "./scenario_schema.ts";
import { type FilePath, parseScenarioText, type ScenarioText } from "../steps/file/scenario_text.ts";
import { envNameOf } from "../template/functions.ts";
import { type Placeholder, placeholdersIn, referencesOf } from "../template/template.ts";
import { valueOf } from "../template/value.ts";

/** What a scenario is loaded with. */
export interface LoadScenarioOptions {
  /** The file's path as the user gave it. */
  readonly path: string;
  /** The URL of the command line, which replaces the file's own base URL. */
  readonly baseUrl?: string;
  readonly dataFlags?: DataFlags;
  /** Header fields of all requests; a step's own of the same name replace them. */
  readonly commonHeaders?: readonly HeaderLine[];
  /** Pause of the command line, in ms: in place of the file's, but not of a step's own. */
  readonly thinkMs?: number;
  /**
   * The load that one of several scenarios asks for. Absent: there can be only one.
   * @throws {UsageError} with problems that begin with the key they are about
   */
  readonly loadOf?: (given: GivenLoad) => SingleLoad;
  /** How gRPC calls are made, whose schemas the file may name; absent: there can be none. */
  readonly callsOf?: (files: DescribingFiles) => CallContext;
  /** Reads a data file or a body. May reject. */
  readFile(path: string): Promise<Uint8Array>;
  /** The value of an environment variable. */
  env(name: string): string | undefined;
}

/** Paths of files that describe gRPC services. */
export interface DescribingFiles {
  readonly protos: readonly string[];
  /** Folders that imports are relative to. */
  readonly folders: readonly string[];
  /** Descriptor sets. */
  readonly sets: readonly string[];
}

/** A scenario, and what is odd about it. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** What the file wants done once for the whole run; absent: nothing. */
  readonly once?: OnceFlows;
  /** The loads of several scenarios; absent: the file says nothing about its load. */
  readonly load?: ScenariosLoad;
  readonly warnings: readonly string[];
}

/**
 * Makes a scenario of the text of a scenario file.
 *
 * @throws {UsageError} with every problem found, each with file, line and step.
 */
export async function loadScenario(text: string, options: LoadScenarioOptions): Promise<LoadedScenario> {
  const parsed = parseScenarioText(text, options.path);
  const findings = new Findings(parsed, options.path);
  const file = checkScenario(parsed.value);
  if (isProblems(file)) {
    for (const problem of file) report(problem, parsed, findings);
    throw new UsageError(findings.problems);
  }
  // What has no name of its own goes by the file's.
  const checked = { ...file, name: file.name || parse(options.path).name };
  const read = (file: string, most: number) => readBytes(file, { most, readFile: options.readFile });
  const here = (file: string) => isAbsolute(file) ? file : join(dirname(options.path), file);
  const data = await loadData(checked, {
    flags: options.dataFlags ?? { data: [], dataStrategy: [] },
    findings,
    readRelative: (file) => read(here(file), MAX_DATA_BYTES),
    readGiven: (file) => read(file, MAX_DATA_BYTES),
  });
  const base = baseOf(checked, options, findings) ??
    // Steps are judged for themselves: what is wrong with the base is told already.
    (checked.base_url === undefined ? undefined : plainBase(new URL("http://any.invalid/")));
  const building = {
    text: parsed,
    findings,
    base,
    commonHeaders: options.commonHeaders ?? [],
    readBytes: (file: string) => read(here(file), MAX_BODY_FILE_BYTES),
    ...(options.callsOf && { calls: options.callsOf(describingFiles(checked, here)) }),
  };
  const built = await buildAll(checked, building, options.thinkMs);
  const flows = withUniqueNames(built.flows.map(({ flow }) => flow));
  const vars = varsOf(parsed.value);
  const checking = {
    findings,
    data,
    keepsLiteral: checked.on_template_error === "keep_literal",
    commonHeaders: options.commonHeaders ?? [],
    env: options.env,
  };
  const env: Record<string, string> = { ...checkVars(vars, checking) };
  const check = (flow: BuiltFlow, known: readonly string[]) =>
    Object.assign(env, Object.fromEntries(checkFlow(flow, { ...checking, vars: known })));
  const { setup, teardown } = built;
  const given = Object.keys(vars);
  if (setup) check(setup, given);
  const shared = [...given, ...(setup ? variablesOf(setup.flow) : [])];
  for (const flow of built.flows) check(flow, shared);
  if (teardown) check(teardown, shared);
  const once: OnceFlows = {
    ...(setup && { setup: setup.flow }),
    ...(teardown && { teardown: teardown.flow }),
  };
  const load = checked.scenarios && loadsOf(checked.scenarios, { findings, loadOf: options.loadOf });
  const all = [...flows, ...Object.values(once)];
  warnOfUnused(data.map(({ name }) => name), all, findings);
  if (findings.problems.length > 0) throw new UsageError(findings.problems);
  const scenario: Scenario = {
    name: checked.name,
    pick: checked.flows || checked.scenarios ? "weighted" : "rotate",
    flows,
    data,
    cookies: checked.session ?? "persistent",
    onExtractFailure: checked.on_extract_failure ?? "abort_iteration",
    onTemplateError: checked.on_template_error ?? "abort_iteration",
    ...(Object.keys(env).length > 0 && { env }),
    ...(given.length > 0 && { vars }),
    cacheBust: false,
  };
  const isOnce = Object.keys(once).length > 0;
  return { scenario, ...(isOnce && { once }), ...(load && { load }), warnings: findings.warnings };
}

/** The loads of the scenarios of a file. */
function loadsOf(
  scenarios: NonNullable<ScenarioFile["scenarios"]>,
  { findings, loadOf }: {
    readonly findings: Findings;
    readonly loadOf: LoadScenarioOptions["loadOf"];
  },
): ScenariosLoad {
  const parts = Object.entries(scenarios).flatMap(([name, one]): readonly ScenarioPart[] => {
    const at = ["scenarios", name];
    const startMs = durationMs(one.start, [...at, "start"], findings) ?? 0;
    const given = Object.fromEntries(
      Object.keys(LOAD_KEYS).flatMap((key) => {
        const value = one[key as LoadKey];
        return value === undefined ? [] : [[key, value]];
      }),
    );
    if (given["rate"] !== undefined && given["users"] !== undefined) {
      findings.addWarning(
        [...at, "users"],
        `"rate" decides when iterations start, so "users" only caps how many run at once`,
      );
    }
    try {
      if (loadOf === undefined) throw new UsageError("Cannot run several scenarios here");
      return [{ name, load: loadOf(given), startMs, flows: one.flows?.length ?? 1 }];
    } catch (error) {
      for (const problem of problemsIn(error)) {
        const [, key = ""] = /^"(\w+)"/.exec(problem) ?? [];
        findings.addProblem(Object.hasOwn(given, key) ? [...at, key] : at, problem);
      }
      return [];
    }
  });
  return { kind: "scenarios", parts };
}

function describingFiles(
  { proto = [], proto_path = [], protoset = [] }: ScenarioFile,
  here: (file: string) => string,
): DescribingFiles {
  const [protos, folders, sets] = [proto, proto_path, protoset].map((given) => [given].flat().map(here));
  return { protos: protos!, folders: folders!, sets: sets! };
}

function isProblems(checked: ScenarioFile | readonly SchemaProblem[]): checked is readonly SchemaProblem[] {
  return Array.isArray(checked);
}

/** Below these keys names are the user's own. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  "headers",
  "body",
  "form",
  "multipart",
  "assert_json",
  "assert_header",
  "extract",
]);

/** Keys of other tools, and what they are called here. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  loop: "repeat",
  foreach: "repeat",
  batch: "parallel",
  transaction: "group",
  switch: "choose",
  random: "choose",
  variables: "vars",
  url: "path",
  uri: "path",
  status: "assert_status",
  expect_status: "assert_status",
  json: "body",
  files: "multipart",
  think: "think_time",
  sleep: "think_time",
  gt: ">",
  gte: ">=",
  min: ">=",
  lt: "<",
  lte: "<=",
  max: "<=",
  eq: "==",
  equals: "==",
  ne: "!=",
  not: "!=",
  contains: "regex",
  matches: "regex",
  in: "one_of",
  size: "length",
};

function report(problem: SchemaProblem, { value }: ScenarioText, findings: Findings): void {
  const { path } = problem;
  const key = path.at(-1);
  switch (problem.kind) {
    case "unknown": {
      const misplaced = misplacedBlock(path.slice(0, -1), value);
      if (misplaced !== undefined) return findings.addProblem(path.slice(0, -1), misplaced);
      // An item of a list of steps may be a block as well.
      const known = typeof path.at(-2) === "number" ? [...problem.known, ...BLOCK_KEYS] : problem.known;
      const word = OTHER_WORDS[problem.key];
      const sentence = `Unknown key "${problem.key}"`;
      const isWord = word !== undefined && known.includes(word);
      const suggested = withSuggestion(sentence, problem.key, known);
      const listed = suggested === sentence && known.includes(">")
        ? `${sentence}: expected one of ${known.join(", ")}`
        : suggested;
      findings.addProblem(path, isWord ? `${sentence}: did you mean ${word}?` : listed);
      return;
    }
    case "missing":
      if (misplacedBlock(path, value) !== undefined) return;
      findings.addProblem(path, `Key "${problem.key}" is missing`);
      return;
    case "value": {
      const isSecret = path.some((part, i) =>
        typeof part === "string" && OWN_NAMES.has(String(path[i - 1])) && isSecretName(part)
      );
      const found = problem.isKey ? JSON.stringify(key) : isSecret ? MASK : shown(memberAt(value, path));
      const isNamed = typeof key === "string" && !problem.isKey;
      findings.addProblem(
        path,
        `${isNamed ? `"${key}": expected` : "Expected"} ${problem.expected}, found ${found}`,
      );
    }
  }
}

/** What is wrong with a block where only requests may be; `undefined`: it is none. */
function misplacedBlock(path: FilePath, file: unknown): string | undefined {
  const item = memberAt(file, path);
  const list = path.at(-2);
  if ((list !== "parallel" && list !== "choose") || typeof item !== "object" || item === null) {
    return undefined;
  }
  const block = BLOCK_KEYS.find((key) => Object.hasOwn(item, key));
  if (block === undefined) return undefined;
  return list === "parallel"
    ? `A ${block} cannot stand in parallel: list requests there, and put a group around the whole`
    : `A ${block} cannot be a choice itself: put it under steps`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(maskFieldValue(value)) : String(value);
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

interface ReadOptions {
  readonly most: number;
  readonly readFile: LoadScenarioOptions["readFile"];
}

async function readBytes(file: string, { most, readFile }: ReadOptions): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UsageError(`Cannot read "${file}": ${messageOf(error)}`);
  }
  if (bytes.length > most) {
    throw new UsageError(`Cannot use "${file}": it has more than ${most / 2 ** 20} MiB`);
  }
  return bytes;
}

/** The URL that paths are relative to. */
function baseOf(file: ScenarioFile, options: LoadScenarioOptions, findings: Findings): Base | undefined {
  if (options.baseUrl !== undefined) {
    return plainBase(withoutCredentials(new URL(options.baseUrl)));
  }
  if (file.base_url === undefined) return undefined;
  const at = ["base_url"];
  const found = `Cannot use base_url "${maskUrl(file.base_url)}"`;
  // Steps of all kinds have one base.
  let text = httpUrlOf(file.base_url);
  let open = text;
  const sources: string[] = [];
  for (const placeholder of placeholdersIn(text)) {
    const value = findings.attempt(at, () => baseValue(placeholder, options));
    if (value === undefined) return undefined;
    const { source } = placeholder;
    text = text.replace(source, () => value);
    // The host is what reports are about.
    const isPath = /[/?#]/.test(open.slice(0, open.indexOf(source)).replace(/^https?:\/\//i, ""));
    open = open.replace(source, () => isPath ? markOf(sources.push(source) - 1) : value);
  }
  const url = URL.parse(text);
  const broken = /^https?:\/\//i.test(text) ? authorityProblem(text) : undefined;
  if (broken !== undefined) {
    findings.addProblem(at, `${found}: ${broken}`);
    return undefined;
  }
  if (url === null || !/^https?:$/.test(url.protocol)) {
    findings.addProblem(at, `${found}: expected an http or https URL`);
    return undefined;
  }
  const problem = credentialProblem(found, url);
  if (problem !== undefined) findings.addProblem(at, problem);
  return { url, open: { url: URL.parse(open) ?? url, sources } };
}

function plainBase(url: URL): Base {
  return { url, open: { url, sources: [] } };
}

/** What a URL on the command line holds of them becomes a header, made elsewhere. */
function withoutCredentials(url: URL): URL {
  url.username = url.password = "";
  return url;
}

function baseValue(placeholder: Placeholder, { env }: LoadScenarioOptions): string {
  const { expression, source } = placeholder;
  if (expression.kind !== "call" || expression.name !== "env") {
    throw new UsageError(`Cannot fill in "${source}": base_url can only contain \${env(NAME)}`);
  }
  const name = envNameOf(expression.args, source);
  const value = env(name);
  if (value === undefined) throw new UsageError(`Environment variable "${name}" is not set`);
  return value;
}

/** The checked copy lacks keys that mean something to JavaScript. */
function varsOf(file: unknown): Readonly<Record<string, DataValue>> {
  const vars = memberAt(file, ["vars"]) ?? {};
  return Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, valueOf(value)]));
}

function warnOfUnused(names: readonly string[], flows: readonly Flow[], findings: Findings): void {
  const placeholders = flows.flatMap(({ steps }) => steps).flatMap((step) =>
    stepKind(step.kind).placeholders(step)
  );
  const used = new Set(
    placeholders.flatMap(referencesOf).map((reference) => reference.kind === "member" ? reference.name : ""),
  );
  for (const name of names) {
    if (!used.has(name)) findings.addWarning(["data", name], `Data set "${name}" is not used by any step`);
  }
}
