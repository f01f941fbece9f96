/**
 * Whether every placeholder of a scenario can have a value: functions exist, data sets have the field, an earlier step
 * extracts the variable, the environment has the variable.
 *
 * @module
 */
import { withSuggestion } from "../lib/suggest.ts";
import type { HeaderLine } from "../plan/http_step.ts";
import type { DataSet, DataValue, Flow, Step } from "../plan/scenario.ts";
import { blockPlaceholders } from "./block_placeholders.ts";
import type { BuiltFlow } from "./build_flow.ts";
import { stepKind } from "../steps/registry.ts";
import type { Findings } from "../steps/file/findings.ts";
import type { FilePath } from "../steps/file/scenario_text.ts";
import { bindExpression } from "../template/evaluate.ts";
import type { Reference } from "../template/expression.ts";
import { envNameOf } from "../template/functions.ts";
import { type Placeholder, placeholdersIn, referencesOf } from "../template/template.ts";

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

/** Checks a flow; returns the environment variables it uses, with their values. */
export function checkFlow(
  { flow, places, blockPlaces }: BuiltFlow,
  context: PlaceholderContext,
): ReadonlyMap<string, string> {
  const known = new Set(context.vars);
  const env = new Map<string, string>();
  const { blocks = [] } = flow;
  let next = 0;
  flow.steps.forEach((step, i) => {
    for (; blocks[next]?.from === i; next++) {
      const block = blocks[next]!;
      // What a loop's own steps extract is known from its second round on.
      const inside = block.kind === "while"
        ? variablesOf({ ...flow, steps: flow.steps.slice(i, block.to) })
        : [];
      const place = blockPlaces[next]!;
      const all = { ...context, known: new Set([...known, ...inside]), used: env };
      const placeholders = context.findings.attempt(place, () => blockPlaceholders(block)) ?? [];
      for (const placeholder of placeholders) check(placeholder, place, all);
    }
    const place = places[i]!;
    const kind = stepKind(step.kind);
    const own = kind.usesOwn ? new Set([...known, ...kind.binds(step)]) : known;
    for (const placeholder of kind.placeholders(step)) {
      check(placeholder, place, { ...context, known: own, used: env });
    }
    checkHeaderValues(step, place, { ...context, used: env });
    for (const name of kind.binds(step)) known.add(name);
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
    for (const { source, expression } of typeof value === "string" ? placeholdersIn(value) : []) {
      const at = ["vars", name];
      if (expression.kind !== "call" || expression.name !== "env") {
        context.findings.addProblem(at, `Cannot fill in "${source}": vars can only contain \${env(NAME)}`);
      } else {context.findings.attempt(at, () =>
          readEnv(envNameOf(expression.args, source), at, { ...context, used }));}
    }
  }
  return Object.fromEntries(used);
}

interface StepContext extends PlaceholderContext {
  readonly known: ReadonlySet<string>;
  readonly used: Map<string, string>;
}

function check(placeholder: Placeholder, at: FilePath, context: StepContext): void {
  const { findings, data } = context;
  for (const reference of referencesOf(placeholder)) checkReference(reference, placeholder, at, context);
  const { expression, source } = placeholder;
  findings.attempt(at, () => void bindExpression(expression, { data, source }));
}

function checkReference(
  reference: Reference,
  placeholder: Placeholder,
  at: FilePath,
  context: StepContext,
): void {
  const { findings, known, keepsLiteral } = context;
  const { source } = placeholder;
  switch (reference.kind) {
    case "variable":
      if (!known.has(reference.name) && !keepsLiteral && !reference.isWord) {
        const origin = originOf(placeholder, context);
        const isWhole = source === `\${${reference.name}}`;
        const sentence = `Cannot fill in "${source}"${origin}: no earlier step extracts ${
          isWhole ? "it" : reference.name
        }`;
        const suggested = withSuggestion(sentence, reference.name, [...known]);
        findings.addProblem(
          at,
          isWhole || suggested !== sentence ? suggested : `${sentence}; as a text, write '${reference.name}'`,
        );
      }
      return;
    case "member":
      // A member of what a variable holds is known when it is there.
      if (known.has(reference.name) && !context.data.some(({ name }) => name === reference.name)) return;
      return checkField({ source, set: reference.name, field: reference.member }, at, context);
    case "call":
      if (reference.name !== "env") return;
      findings.attempt(at, () => readEnv(envNameOf(reference.args, source), at, context));
  }
}

/** Where a placeholder is from, when that is not the file. */
function originOf({ source }: Placeholder, { commonHeaders }: StepContext): string {
  const line = commonHeaders.find((header) => header.join(": ").includes(source));
  return line === undefined ? "" : ` of the command line's header ${line[0]}`;
}

function checkField(
  { set: name, field, source }: Readonly<Record<"set" | "field" | "source", string>>,
  at: FilePath,
  { findings, data, known }: StepContext,
): void {
  const set = data.find((one) => one.name === name);
  if (set === undefined) {
    const sentence = `Cannot fill in "${source}": there is no data set "${name}"`;
    findings.addProblem(at, withSuggestion(sentence, name, [...data.map((one) => one.name), ...known]));
  } else if (set.fields.length > 0 && !set.fields.includes(field)) {
    findings.addProblem(
      at,
      withSuggestion(
        `Cannot fill in "${source}": data set "${name}" has no field "${field}"`,
        field,
        set.fields,
      ),
    );
  }
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
  for (const { expression } of stepKind(step.kind).linePlaceholders(step)) {
    if (expression.kind !== "call" || expression.name !== "env") continue;
    const [arg] = expression.args;
    const name = arg?.kind === "name" ? arg.name : "";
    if (/[\r\n\0]/.test(used.get(name) ?? "")) {
      findings.addProblem(at, `Cannot use environment variable "${name}" in a header: it has a line break`);
    }
  }
}
