/**
 * What blocks and pauses look like when they come over a wire.
 *
 * @module
 */
import { count, list, number, oneOf, type Schema, shape, text, variant } from "../lib/shape.ts";
import type {
  Block,
  ChooseBlock,
  GroupBlock,
  IfBlock,
  ParallelBlock,
  PauseSpec,
  RepeatBlock,
  WhileBlock,
} from "./blocks.ts";

const stretch = { from: count, to: count };

/** A block of a flow. */
export const blockSchema: Schema<Block> = variant<Block>()("kind", [
  shape<GroupBlock>()({ kind: oneOf("group"), ...stretch, name: text }),
  shape<RepeatBlock>()({ kind: oneOf("repeat"), ...stretch, times: text, max: count }),
  shape<WhileBlock>()({ kind: oneOf("while"), ...stretch, condition: text, max: count }),
  shape<IfBlock>()({ kind: oneOf("if"), ...stretch, condition: text, otherwise: count }),
  shape<ChooseBlock>()({
    kind: oneOf("choose"),
    ...stretch,
    choices: list(shape<ChooseBlock["choices"][number]>()({ to: count, weight: number })),
  }),
  shape<ParallelBlock>()({ kind: oneOf("parallel"), ...stretch }),
]);

type Pause<Kind extends PauseSpec["kind"]> = Extract<PauseSpec, { readonly kind: Kind }>;

/** How a pause is drawn. */
export const pauseSchema: Schema<PauseSpec> = variant<PauseSpec>()("kind", [
  shape<Pause<"uniform">>()({ kind: oneOf("uniform"), minMs: number, maxMs: number }),
  shape<Pause<"normal">>()({ kind: oneOf("normal"), meanMs: number, stdevMs: number }),
  shape<Pause<"exponential">>()({ kind: oneOf("exponential"), meanMs: number }),
]);
