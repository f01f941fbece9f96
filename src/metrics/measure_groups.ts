/**
 * Groups of measures that steps of some kind have besides what every step has. A group is a line here; a step's statistics
 * have it where something of it was counted.
 *
 * @module
 */
import type { HistogramData } from "./histogram.ts";
import { GRPC_COUNTERS } from "./declared/grpc_measures.ts";
import type { CounterSpec, DistributionSpec } from "./declared/measure_specs.ts";
import {
  STREAM_COUNTERS,
  STREAM_DISTRIBUTIONS,
  TOKEN_COUNTERS,
  TOKEN_DISTRIBUTIONS,
} from "./declared/stream_measures.ts";
import { WEBSOCKET_COUNTERS, WEBSOCKET_DISTRIBUTIONS } from "./declared/websocket_measures.ts";

/** A group of measures that steps of some kind have besides what every step has. */
export interface MeasureGroup {
  /** By their names inside the program. */
  readonly counters: Readonly<Record<string, CounterSpec>>;
  /** The same for times. */
  readonly distributions: Readonly<Record<string, DistributionSpec>>;
}

/** The groups, by their names in a step's statistics. */
export const MEASURE_GROUPS = {
  stream: { counters: STREAM_COUNTERS, distributions: STREAM_DISTRIBUTIONS },
  tokens: { counters: TOKEN_COUNTERS, distributions: TOKEN_DISTRIBUTIONS },
  grpc: { counters: GRPC_COUNTERS, distributions: {} },
  websocket: { counters: WEBSOCKET_COUNTERS, distributions: WEBSOCKET_DISTRIBUTIONS },
} as const satisfies Readonly<Record<string, MeasureGroup>>;

/** A group's name. */
export type GroupName = keyof typeof MEASURE_GROUPS;

/** All groups' names. */
export const GROUP_NAMES = Object.keys(MEASURE_GROUPS) as readonly GroupName[];

/** What was measured of a group: its counters, its distributions, and counts by a name (close codes, statuses). */
export type GroupStats<Name extends GroupName> =
  & Readonly<Record<keyof (typeof MEASURE_GROUPS)[Name]["counters"], number>>
  & Readonly<Record<keyof (typeof MEASURE_GROUPS)[Name]["distributions"], HistogramData>>
  & { readonly codes: Readonly<Record<string, number>> };

/** What a step may have beyond what every step has. */
export type GroupedStats = { readonly [Name in GroupName]?: GroupStats<Name> };
