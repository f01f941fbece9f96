/**
 * Expressions made ready to be computed: every name is looked up once, and what is the same for ever is computed once.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import type { DataSet, DataValue } from "../plan/scenario.ts";
import { type Expression, wordsOf } from "./expression.ts";
import { envNameOf, functionNamed } from "./functions.ts";
import { operation } from "./operators.ts";
import type { Scope } from "./scope.ts";
import type { Operand } from "./template_function.ts";
import { memberOf } from "./value.ts";

/** What expressions are bound to. */
export interface Bindings {
  readonly data: readonly Pick<DataSet, "name" | "fields">[];
  /** Values of environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that are the same through all of the run. */
  readonly constants?: ReadonlyMap<string, DataValue>;
  /** What variables without a value stand for; absent: the whole has no value then. */
  readonly absent?: DataValue;
  /** How the whole is written, for messages. */
  readonly source: string;
}

/** Computes nothing that depends on it. */
const NO_SCOPE = undefined as unknown as Scope;

/** Binds an expression. @throws {UsageError} when there is no such function or its arguments do not fit */
export function bindExpression(expression: Expression, bindings: Bindings): Operand {
  switch (expression.kind) {
    case "constant":
      return constant(expression.value);
    case "name": {
      const { name } = expression;
      const known = bindings.constants?.get(name);
      if (known !== undefined) return constant(known);
      const { absent } = bindings;
      return absent === undefined
        ? { get: ({ variables }) => variables.get(name) }
        : { get: ({ variables }) => variables.get(name) ?? absent };
    }
    case "member":
      return bindMember(expression, bindings);
    case "call":
      return expression.name === "env"
        ? bindEnv(expression.args, bindings)
        : bindCall(expression.name, expression.args, bindings);
    case "operation": {
      const operands = expression.operands.map((operand) => bindExpression(operand, bindings));
      const get = operation(expression.operator, operands.map((operand) => operand.get));
      return folded({ get }, operands);
    }
  }
}

/** Whether an operand is known when it is bound. */
export function isConstant(operand: Operand): operand is Operand & { readonly constant: DataValue } {
  return operand.constant !== undefined;
}

function constant(value: DataValue): Operand {
  return { constant: value, get: () => value };
}

/** An operand that depends on nothing but constants is one. */
function folded(operand: Operand, parts: readonly Operand[]): Operand {
  if (!parts.every(isConstant)) return operand;
  const value = operand.get(NO_SCOPE);
  return value === undefined ? operand : constant(value);
}

function bindMember(
  { of, key }: Extract<Expression, { readonly kind: "member" }>,
  bindings: Bindings,
): Operand {
  const field = key.kind === "constant" ? key.value : undefined;
  const set = of.kind === "name" ? bindings.data.findIndex(({ name }) => name === of.name) : -1;
  if (set >= 0 && typeof field === "string") {
    const at = bindings.data[set]!.fields.indexOf(field);
    return { get: ({ rows }) => at < 0 ? undefined : rows[set]?.[at] };
  }
  const owner = bindExpression(of, bindings);
  const member = bindExpression(key, bindings);
  return {
    get(scope) {
      const value = owner.get(scope);
      const name = member.get(scope);
      return value === undefined || name === undefined ? undefined : memberOf(value, name);
    },
  };
}

function bindEnv(args: readonly Expression[], { env = {}, source }: Bindings): Operand {
  const value = env[envNameOf(args, source)];
  return value === undefined ? { get: () => undefined } : constant(value);
}

function bindCall(name: string, args: readonly Expression[], bindings: Bindings): Operand {
  const known = functionNamed(name);
  const words = wordsOf(name);
  const operands = args.map((arg) => {
    if (arg.kind !== "name" || words === "variables") return bindExpression(arg, bindings);
    const word = arg.name;
    return words === "words"
      ? constant(word)
      : bindings.constants?.has(word)
      ? bindExpression(arg, bindings)
      : { get: ({ variables }: Scope) => variables.get(word) ?? word };
  });
  const get = known.bind(operands);
  if (get === undefined) throw new UsageError(`Cannot use "${bindings.source}": expected ${known.usage}`);
  return known.isPure ? folded({ get }, operands) : { get };
}
