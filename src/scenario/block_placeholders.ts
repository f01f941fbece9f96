/**
 * What the expressions of blocks refer to.
 *
 * @module
 */
import type { Block } from "../plan/blocks.ts";
import { parseCondition } from "../template/condition.ts";
import type { Placeholder } from "../template/template.ts";
import { plainExpression } from "./flow_program.ts";

/** The expression of a block; none for the kinds that have none. @throws {UsageError} when it is unusable */
export function blockPlaceholders(block: Block): readonly Placeholder[] {
  const source = block.kind === "repeat"
    ? block.times
    : block.kind === "while" || block.kind === "if"
    ? block.condition
    : undefined;
  return source === undefined ? [] : [{ source, expression: parseCondition(plainExpression(source)) }];
}
