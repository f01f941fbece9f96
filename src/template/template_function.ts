/**
 * What a function of placeholders is.
 *
 * @module
 */
import type { DataValue } from "../plan/scenario.ts";
import type { Scope } from "./scope.ts";
import { textOf } from "./value.ts";

/** Computes a value; `undefined` when there is none now. */
export type Evaluator = (scope: Scope) => DataValue | undefined;

/** An argument, or any other part of an expression. */
export interface Operand {
  /** Known when the expression is bound, and the same for ever. */
  readonly constant?: DataValue;
  readonly get: Evaluator;
}

/** A function. Arguments that are known are checked when it is bound, so that a run meets no bad one. */
export interface TemplateFunction {
  /** Name and arguments as help has them, and what they may be. */
  readonly usage: string;
  /** The same arguments give the same value. */
  readonly isPure?: true;
  /** `undefined` when the arguments do not fit the usage. */
  bind(args: readonly Operand[]): Evaluator | undefined;
}

/** A function of one text. */
export function textFunction(usage: string, make: (text: string) => DataValue | undefined): TemplateFunction {
  return {
    usage,
    isPure: true,
    bind([text, ...rest]) {
      if (text === undefined || rest.length > 0) return undefined;
      return (scope) => {
        const value = text.get(scope);
        return value === undefined ? undefined : make(textOf(value));
      };
    },
  };
}

/** What stands for an argument that must be a word or a number of the scenario's author; `undefined`: it is not known. */
export function knownText(operand: Operand | undefined): string | undefined {
  return operand?.constant === undefined ? undefined : textOf(operand.constant);
}
