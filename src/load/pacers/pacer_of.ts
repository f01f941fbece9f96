/**
 * The description of one kind of pacer.
 *
 * @module
 */
import type { PacerSpec } from "../../plan/pacer_spec.ts";

/** The member of `PacerSpec` with this kind, but for the kind itself. */
export type PacerOf<Kind extends PacerSpec["kind"]> = Omit<
  Extract<PacerSpec, { readonly kind: Kind }>,
  "kind"
>;
