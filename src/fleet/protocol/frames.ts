/**
 * What node and master say over a link: orders and notices as JSON, each with the number of the run it belongs to.
 * Nothing is used before its schema has read it.
 *
 * @module
 */
import { MAX_SHARES } from "../../lib/size_limits.ts";
import * as v from "valibot";
import type { FeedPart } from "../../plan/feed.ts";
import { loadChangeSchema } from "../../plan/load_change.ts";
import type { Share } from "../../plan/share.ts";
import { clientHealthSchema, lostWorkerSchema } from "../../result/run_schema.ts";
import { type Bundle, bundleSchema, type GroupPlace, type Part, partsSchema } from "./group_messages.ts";
import { runPlanSchema } from "./plan_schema.ts";
import type { MasterOrder, NodeReport, Notice, PlanOrder } from "./messages.ts";
import {
  atLeast,
  count,
  flag,
  list,
  maybe,
  number,
  oneOf,
  type Schema,
  shape,
  text,
  variant,
} from "../../lib/shape.ts";
import { misfitText, readShape } from "../../lib/read_shape.ts";
import { snapshotSchema, snapshotText } from "../../metrics/snapshot_codec.ts";

type OrderOf<Kind extends MasterOrder["kind"]> = Extract<MasterOrder, { readonly kind: Kind }>;
type NoticeOf<Kind extends Notice["kind"]> = Extract<Notice, { readonly kind: Kind }>;

const share = v.pipe(
  shape<Share>()({ index: count, of: atLeast(1) }),
  v.check(({ index, of }) => index < of, "Expected a share among those there are"),
) as unknown as Schema<Share>;

const part = shape<FeedPart>()({ dueMs: list(number), text, unread: count, isLast: flag });

const order = variant<MasterOrder>()("kind", [
  shape<PlanOrder>()({ kind: oneOf("plan"), plan: runPlanSchema, shares: list(share, MAX_SHARES, 1) }),
  shape<OrderOf<"start">>()({ kind: oneOf("start"), atEpochMs: number }),
  shape<OrderOf<"part">>()({ kind: oneOf("part"), share: count, part }),
  shape<OrderOf<"change">>()({ kind: oneOf("change"), change: loadChangeSchema }),
  shape<OrderOf<"stop">>()({ kind: oneOf("stop") }),
]);

const report = shape<NodeReport>()({
  health: clientHealthSchema,
  lost: list(lostWorkerSchema, 1024),
});

const notice = variant<Notice>()("kind", [
  shape<NoticeOf<"ready">>()({ kind: oneOf("ready"), unreachable: maybe(text) }),
  shape<NoticeOf<"snapshot">>()({ kind: oneOf("snapshot"), snapshot: snapshotSchema }),
  shape<NoticeOf<"more">>()({ kind: oneOf("more"), share: count }),
  shape<NoticeOf<"reached">>()({ kind: oneOf("reached"), seq: count }),
  shape<NoticeOf<"done">>()({ kind: oneOf("done"), report: maybe(report) }),
  shape<NoticeOf<"failed">>()({
    kind: oneOf("failed"),
    message: v.pipe(
      v.string(),
      v.maxLength(10_000, "Expected text of at most 10000 characters"),
    ) as unknown as Schema<string>,
  }),
]);

/** What a master says: an order for a run, a place in a group, or that there will be no further run. */
export type MasterMessage =
  | { readonly kind: "order"; readonly run: number; readonly order: MasterOrder }
  | { readonly kind: "group"; readonly place: GroupPlace }
  /** Which snapshots it has counted, of the nodes of a bundle. */
  | { readonly kind: "counted"; readonly run: number; readonly parts: readonly Part[] }
  | { readonly kind: "bye"; readonly reason: string };

/** What a node says; in a group, snapshots come in bundles. */
export type NodeMessage =
  | { readonly kind: "notice"; readonly run: number; readonly notice: Notice }
  | { readonly kind: "bundle"; readonly bundle: Bundle };

type MasterMessageOf<Kind extends MasterMessage["kind"]> = Extract<MasterMessage, { readonly kind: Kind }>;
type NodeMessageOf<Kind extends NodeMessage["kind"]> = Extract<NodeMessage, { readonly kind: Kind }>;

const place = shape<GroupPlace>()({ node: count, leader: count, members: list(count, 10_000), key: text });

const masterMessage = variant<MasterMessage>()("kind", [
  shape<MasterMessageOf<"order">>()({ kind: oneOf("order"), run: count, order }),
  shape<MasterMessageOf<"group">>()({ kind: oneOf("group"), place }),
  shape<MasterMessageOf<"counted">>()({ kind: oneOf("counted"), run: count, parts: partsSchema }),
  shape<MasterMessageOf<"bye">>()({ kind: oneOf("bye"), reason: text }),
]);

const nodeMessage = variant<NodeMessage>()("kind", [
  shape<NodeMessageOf<"notice">>()({ kind: oneOf("notice"), run: count, notice }),
  shape<NodeMessageOf<"bundle">>()({ kind: oneOf("bundle"), bundle: bundleSchema }),
]);

/** A message as text. */
export function encode(message: MasterMessage | NodeMessage): string {
  return snapshotText(message);
}

/** Reads what a master sent. @throws {Error} that says what is wrong with it */
export function readMasterMessage(message: string): MasterMessage {
  return readAs(masterMessage, message);
}

/**
 * Reads what a node sent. A step's histograms take far more memory than their text: snapshots of more than `maxSteps`
 * steps are not unpacked.
 * @throws {Error} that says what is wrong with it
 */
export function readNodeMessage(message: string, maxSteps: number): NodeMessage {
  const value = JSON.parse(message);
  const steps: unknown = (value?.notice ?? value?.bundle)?.snapshot?.steps;
  if (Array.isArray(steps) && steps.length > maxSteps) {
    throw new Error(`A snapshot of ${steps.length} steps where there are ${maxSteps}`);
  }
  return checked(nodeMessage, value);
}

/** Reads JSON by a schema. @throws {Error} that names the first place that does not fit */
function readAs<T>(schema: Schema<T>, message: string): T {
  return checked(schema, JSON.parse(message));
}

function checked<T>(schema: Schema<T>, value: unknown): T {
  const read = readShape(schema, value, { firstOnly: true });
  if ("output" in read) return read.output;
  const [misfit] = read.misfits;
  throw new Error(misfit && misfitText(misfit));
}
