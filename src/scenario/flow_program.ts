/**
 * Flows with blocks, as a plain list of orders with jumps: nothing is looked up while they run. Flows without blocks need
 * none of it.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import type { Block, ChooseBlock, IfBlock, RepeatBlock, WhileBlock } from "../plan/blocks.ts";
import type { DataValue } from "../plan/scenario.ts";
import { bindCondition, parseCondition } from "../template/condition.ts";
import { bindExpression, type Bindings } from "../template/evaluate.ts";
import type { Scope } from "../template/scope.ts";
import type { CompiledStep, SpanTally } from "./compiled_step.ts";

/** One order. Positions are those of orders. */
export type FlowOrder =
  | { readonly kind: "step"; readonly step: CompiledStep }
  | { readonly kind: "parallel"; readonly steps: readonly CompiledStep[] }
  | { readonly kind: "open"; readonly span: SpanTally | null }
  | { readonly kind: "close" }
  /** Goes on with the next order for another round of loop number `loop`, else at `end`. */
  | {
    readonly kind: "repeat";
    readonly loop: number;
    readonly times: (scope: Scope) => DataValue | undefined;
    readonly max: number;
    readonly end: number;
    /** Counts the failure when there is no number. */
    readonly step: CompiledStep;
    readonly source: string;
  }
  | {
    readonly kind: "while";
    readonly loop: number;
    readonly holds: (scope: Scope) => boolean;
    readonly max: number;
    readonly end: number;
  }
  | { readonly kind: "if"; readonly holds: (scope: Scope) => boolean; readonly otherwise: number }
  | { readonly kind: "choose"; readonly upTo: readonly number[]; readonly targets: readonly number[] }
  | { readonly kind: "jump"; readonly to: number };

/** Orders, and how many loops they have. */
export interface FlowProgram {
  readonly orders: readonly FlowOrder[];
  readonly loops: number;
}

/** What programs are made with. */
export interface ProgramOptions {
  readonly bindings: Omit<Bindings, "source">;
  /** Where a group is counted; absent: nowhere. */
  readonly groupOf?: (name: string) => SpanTally;
}

/**
 * An expression of a block: with or without `${` and `}`, around the whole or its parts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(plainExpression("${stock} > 0"), "(stock) > 0");
 * assertEquals(plainExpression("${stock > 0}"), "stock > 0");
 * ```
 */
export function plainExpression(text: string): string {
  const whole = /^\s*\$\{([^{}]*)\}\s*$/.exec(text)?.[1];
  return whole ?? text.replace(/\$\{([^{}]*)\}/g, "($1)");
}

/** Compiles the blocks of a flow. @throws {UsageError} when an expression in them is unusable */
export function compileBlocks(
  steps: readonly CompiledStep[],
  blocks: readonly Block[],
  options: ProgramOptions,
): FlowProgram {
  return new BlockCompiler(steps, blocks, options).compile();
}

class BlockCompiler {
  readonly #steps: readonly CompiledStep[];
  readonly #blocks: readonly Block[];
  readonly #options: ProgramOptions;
  readonly #orders: FlowOrder[] = [];
  #next = 0;
  #loops = 0;

  constructor(steps: readonly CompiledStep[], blocks: readonly Block[], options: ProgramOptions) {
    this.#steps = steps;
    this.#blocks = blocks;
    this.#options = options;
  }

  compile(): FlowProgram {
    this.#addRange(0, this.#steps.length);
    // Blocks that do not lie within each other or the flow: only a plan from elsewhere can have any.
    if (this.#next < this.#blocks.length) throw new UsageError("Cannot run a flow whose blocks overlap");
    return { orders: this.#orders, loops: this.#loops };
  }

  #addRange(from: number, to: number): void {
    for (let i = from; i < to;) {
      const block = this.#blocks[this.#next];
      if (block === undefined || block.from !== i || block.to > to || block.to <= i) {
        this.#orders.push({ kind: "step", step: this.#steps[i++]! });
        continue;
      }
      this.#next++;
      this.#addBlock(block);
      i = block.to;
    }
  }

  #addBlock(block: Block): void {
    const { from, to } = block;
    switch (block.kind) {
      case "group":
        this.#orders.push({ kind: "open", span: this.#options.groupOf?.(block.name) ?? null });
        this.#addRange(from, to);
        this.#orders.push({ kind: "close" });
        return;
      case "parallel":
        this.#orders.push({ kind: "parallel", steps: this.#steps.slice(from, to) });
        return;
      case "repeat":
      case "while":
        return this.#addLoop(block);
      case "if":
        return this.#addIf(block);
      case "choose":
        return this.#addChoose(block);
    }
  }

  /** Reserves a place for an order that is known only when what follows it is. */
  #reserve(): number {
    return this.#orders.push({ kind: "jump", to: 0 }) - 1;
  }

  #addLoop(block: RepeatBlock | WhileBlock): void {
    const loop = this.#loops++;
    const head = this.#reserve();
    this.#addRange(block.from, block.to);
    this.#orders.push({ kind: "jump", to: head });
    const end = this.#orders.length;
    const { max } = block;
    this.#orders[head] = block.kind === "while"
      ? { kind: "while", loop, holds: this.#condition(block.condition), max, end }
      : {
        kind: "repeat",
        loop,
        times: bindExpression(parseCondition(plainExpression(block.times)), {
          ...this.#options.bindings,
          source: block.times,
        }).get,
        max,
        end,
        step: this.#steps[block.from]!,
        source: block.times,
      };
  }

  #addIf({ from, to, condition, otherwise }: IfBlock): void {
    const head = this.#reserve();
    this.#addRange(from, otherwise);
    const leave = otherwise < to ? this.#reserve() : -1;
    this.#orders[head] = { kind: "if", holds: this.#condition(condition), otherwise: this.#orders.length };
    if (leave < 0) return;
    this.#addRange(otherwise, to);
    this.#orders[leave] = { kind: "jump", to: this.#orders.length };
  }

  #addChoose({ from, choices }: ChooseBlock): void {
    const head = this.#reserve();
    const targets: number[] = [];
    const leaves: number[] = [];
    let start = from;
    for (const { to } of choices) {
      targets.push(this.#orders.length);
      this.#addRange(start, to);
      leaves.push(this.#reserve());
      start = to;
    }
    for (const leave of leaves) this.#orders[leave] = { kind: "jump", to: this.#orders.length };
    let sum = 0;
    this.#orders[head] = { kind: "choose", upTo: choices.map(({ weight }) => sum += weight), targets };
  }

  #condition(text: string): (scope: Scope) => boolean {
    return bindCondition(parseCondition(plainExpression(text)), { ...this.#options.bindings, source: text });
  }
}
