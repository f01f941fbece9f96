/**
 * Runs a flow with blocks for one user, once.
 *
 * @module
 */
import { OUTCOME } from "../metrics/span_recorder.ts";
import type { Scope } from "../template/scope.ts";
import type { CompiledStep, SpanTally } from "./compiled_step.ts";
import type { FlowProgram } from "./flow_program.ts";

/** How a step, or a whole flow, ended. */
export const END = {
  /** The next one follows. */
  goesOn: 0,
  /** The iteration cannot go on. */
  stops: 1,
  /** The end of the run cut it off. */
  cut: 2,
} as const;

/** The user, to whoever runs its blocks. */
export interface BlockUser {
  readonly scope: Scope;
  /** When the last step was over; before the first one, when the iteration began. */
  readonly endMs: number;
  /** What came of the last steps: one of `OUTCOME`. */
  readonly outcome: number;
  /** Makes the pause that the last step has left. */
  rest(): Promise<void>;
  /** Runs a step after that pause; resolves with one of {@linkcode END}. */
  runStep(step: CompiledStep): Promise<number>;
  /** Runs several at the same time. */
  runTogether(steps: readonly CompiledStep[]): Promise<number>;
  /** Counts a block that cannot be done, as a step that could not be filled in. */
  countUnfilled(step: CompiledStep, rule: string): void;
  /** A loop has met its bound. */
  countBound(): void;
}

/** A group that has begun. */
interface OpenGroup {
  readonly span: SpanTally | null;
  readonly beganMs: number;
  outcome: number;
}

/** Runs the orders; resolves with one of {@linkcode END}. Groups that the end of the run cuts off are not counted. */
export async function runBlocks({ orders, loops }: FlowProgram, user: BlockUser): Promise<number> {
  const { scope } = user;
  const groups: OpenGroup[] = [];
  /** Rounds that each loop has done, and, of repetitions, how many it is to do. */
  const rounds = new Float64Array(loops);
  const wanted = new Float64Array(loops).fill(-1);
  const note = (outcome: number) => {
    for (const group of groups) if (outcome > group.outcome) group.outcome = outcome;
  };
  const closeGroup = () => {
    const { span, beganMs, outcome } = groups.pop()!;
    span?.end((user.endMs - beganMs) * 1000, outcome);
  };
  let end: number = END.goesOn;
  let at = 0;
  while (at < orders.length && end === END.goesOn) {
    const order = orders[at++]!;
    switch (order.kind) {
      case "step":
        end = await user.runStep(order.step);
        if (end !== END.cut) note(user.outcome);
        break;
      case "parallel":
        end = await user.runTogether(order.steps);
        if (end !== END.cut) note(user.outcome);
        break;
      case "open":
        await user.rest();
        groups.push({ span: order.span, beganMs: user.endMs, outcome: OUTCOME.succeeded });
        break;
      case "close":
        closeGroup();
        break;
      case "repeat": {
        const { loop, max } = order;
        if (wanted[loop]! < 0) {
          const times = Number(order.times(scope) ?? NaN);
          if (!Number.isInteger(times) || times < 0) {
            user.countUnfilled(
              order.step,
              `TemplateError: repeat: no whole number from 0 in ${order.source}`,
            );
            note(OUTCOME.failed);
            end = END.stops;
            break;
          }
          if (times > max) user.countBound();
          wanted[loop] = Math.min(times, max);
        }
        if (rounds[loop]! < wanted[loop]!) rounds[loop]!++;
        else {
          rounds[loop] = 0;
          wanted[loop] = -1;
          at = order.end;
        }
        break;
      }
      case "while": {
        const { loop, max, holds } = order;
        const goesOn = holds(scope);
        if (goesOn && rounds[loop]! >= max) user.countBound();
        if (goesOn && rounds[loop]! < max) rounds[loop]!++;
        else {
          rounds[loop] = 0;
          at = order.end;
        }
        break;
      }
      case "if":
        if (!order.holds(scope)) at = order.otherwise;
        break;
      case "choose": {
        const { upTo, targets } = order;
        const drawn = scope.random.fraction() * upTo.at(-1)!;
        const choice = upTo.findIndex((bound) => drawn < bound);
        at = targets[Math.max(choice, 0)]!;
        break;
      }
      case "jump":
        at = order.to;
    }
  }
  if (end === END.stops) { while (groups.length > 0) closeGroup(); }
  return end;
}
