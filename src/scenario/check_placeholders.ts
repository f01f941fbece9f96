/**
 * Whether every placeholder of a scenario can have a value: functions exist, data sets have the field, an earlier step
 * extracts the variable, the environment has the variable.
 *
 * @module
 */
import { withSuggestion } from "../lib/suggest.ts";
import type { HeaderLine } from "../plan/http_step.ts";
import type { DataSet, DataValue, Flow, Step } from "../plan/scenario.ts";
import { stepKind } from "../steps/registry.ts";
import type { Findings } from "../steps/file/findings.ts";
import type { FilePath } from "../steps/file/scenario_text.ts";
import { type Placeholder, placeholdersIn } from "../template/template.ts";
import { bindFunction, envNameOf } from "../template/template_functions.ts";

/** What placeholders are checked against. */
export interface PlaceholderContext {
  readonly findings: Findings;
  readonly data: readonly DataSet[];
  /** A placeholder without a value is sent as it is written, so it is no mistake. */
  readonly keepsLiteral: boolean;
  /** Variables that have a value before the first step. */
  readonly vars: readonly string[];
  /** Header fields of the command line, which all steps have. */
  readonly commonHeaders: readonly HeaderLine[];
  /** The value of an environment variable. */
  env(name: string): string | undefined;
}

/** Checks a flow whose steps are at `at`; returns the environment variables it uses, with their values. */
export function checkFlow(
  flow: Flow,
  at: FilePath,
  context: PlaceholderContext,
): ReadonlyMap<string, string> {
  const known = new Set(context.vars);
  const env = new Map<string, string>();
  flow.steps.forEach((step, i) => {
    const place = [...at, i];
    for (const placeholder of stepKind(step.kind).placeholders(step)) {
      check(placeholder, place, { ...context, known, used: env });
    }
    checkHeaderValues(step, place, { ...context, used: env });
    for (const name of stepKind(step.kind).binds(step)) known.add(name);
  });
  return env;
}

/** The variables that a flow's steps bind. */
export function variablesOf({ steps }: Flow): readonly string[] {
  return steps.flatMap((step) => stepKind(step.kind).binds(step));
}

/** Checks the values of the file's variables; returns the environment variables they use, with their values. */
export function checkVars(
  vars: Readonly<Record<string, DataValue>>,
  context: Omit<PlaceholderContext, "vars">,
): Readonly<Record<string, string>> {
  const used = new Map<string, string>();
  for (const [name, value] of Object.entries(vars)) {
    for (const { source, ...placeholder } of typeof value === "string" ? placeholdersIn(value) : []) {
      const at = ["vars", name];
      if (placeholder.kind !== "call" || placeholder.name !== "env") {
        context.findings.addProblem(at, `Cannot fill in "${source}": vars may hold \${env(NAME)} alone`);
      } else {context.findings.attempt(at, () =>
          readEnv(envNameOf(placeholder.args), at, { ...context, used }));}
    }
  }
  return Object.fromEntries(used);
}

interface StepContext extends PlaceholderContext {
  readonly known: ReadonlySet<string>;
  readonly used: Map<string, string>;
}

function check(placeholder: Placeholder, at: FilePath, context: StepContext): void {
  const { findings, known, keepsLiteral } = context;
  switch (placeholder.kind) {
    case "variable":
      if (!known.has(placeholder.name) && !keepsLiteral) {
        const origin = originOf(placeholder, context);
        const sentence = `Cannot fill in "${placeholder.source}"${origin}: no earlier step extracts it`;
        findings.addProblem(at, withSuggestion(sentence, placeholder.name, [...known]));
      }
      return;
    case "field":
      return checkField(placeholder, at, context);
    case "call":
      findings.attempt(at, () => {
        if (placeholder.name !== "env") bindFunction(placeholder.name, placeholder.args);
        else readEnv(envNameOf(placeholder.args), at, context);
      });
  }
}

/** Where a placeholder is from, when that is not the file. */
function originOf({ source }: Placeholder, { commonHeaders }: StepContext): string {
  const line = commonHeaders.find((header) => header.join(": ").includes(source));
  return line === undefined ? "" : ` of the command line's header ${line[0]}`;
}

function checkField(
  { set: name, field, source }: Extract<Placeholder, { kind: "field" }>,
  at: FilePath,
  { findings, data }: StepContext,
): void {
  const set = data.find((one) => one.name === name);
  if (set === undefined) {
    const sentence = `Cannot fill in "${source}": there is no data set "${name}"`;
    findings.addProblem(at, withSuggestion(sentence, name, data.map((one) => one.name)));
  } else if (set.fields.length > 0 && !set.fields.includes(field)) {
    findings.addProblem(
      at,
      withSuggestion(
        `Cannot fill in "${source}": data set "${name}" has no field "${field}"${otherDelimiter(set.fields)}`,
        field,
        set.fields,
      ),
    );
  }
}

/** A word on a file whose only field looks like several. */
function otherDelimiter([only = "", ...others]: readonly string[]): string {
  const found = others.length > 0 ? undefined : [";", "\t", "|"].find((mark) => only.includes(mark));
  if (found === undefined) return "";
  return `; its only one is ${JSON.stringify(only)}: fields are parted by commas, not by ${
    JSON.stringify(found)
  }`;
}

function readEnv(
  name: string,
  at: FilePath,
  { findings, env, used }: Pick<StepContext, "findings" | "env" | "used">,
): void {
  const value = env(name);
  if (value === undefined) findings.addProblem(at, `Environment variable "${name}" is not set`);
  else used.set(name, value);
}

/** Secrets that come out of files end in a line break easily. */
function checkHeaderValues(
  step: Step,
  at: FilePath,
  { findings, used }: Pick<StepContext, "findings" | "used">,
): void {
  for (const placeholder of stepKind(step.kind).linePlaceholders(step)) {
    if (placeholder.kind !== "call" || placeholder.name !== "env") continue;
    const name = placeholder.args[0] ?? "";
    if (/[\r\n\0]/.test(used.get(name) ?? "")) {
      findings.addProblem(at, `Cannot use environment variable "${name}" in a header: it has a line break`);
    }
  }
}
