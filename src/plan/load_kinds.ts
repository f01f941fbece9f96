/**
 * The kinds of load, and what is to be known of each: the one place that tells them apart. Who starts iterations is in
 * `src/load`; everybody else reads these facts.
 *
 * @module
 */
import { formatCounted, formatSeconds } from "../lib/number_format.ts";
import type { LoadSpec, RateLoad, RunPlan, ScenarioPart, UsersLoad } from "./run_plan.ts";

/** What can be said of any load, over all threads together. */
export interface LoadFacts {
  /** Users at the most; in an open loop, connections. */
  readonly maxUsers: number;
  /** Users who are sure to be at work at the same time. */
  readonly minUsers: number;
  /** The time over which users begin; 0: all at once. */
  readonly rampUpMs: number;
  /** Mean pause after a step that names none. */
  readonly thinkMs: number;
  /** How far pauses may be from their mean, as a share of it. */
  readonly thinkJitter: number;
  /** Nothing starts after this; absent: there is no limit of time. */
  readonly durationMs?: number;
  /** How many are started; absent: as many as there is time for. */
  readonly amount?: { readonly unit: "requests" | "iterations"; readonly count: number };
  /** The load, if arrivals are on a schedule, whatever the responses do. */
  readonly openLoop?: RateLoad;
  /** The load, if it simulates people: users who start one after another and pause. */
  readonly simulation?: UsersLoad;
  /** The loads side by side that it is made of; absent: it is a single one. */
  readonly parts?: readonly ScenarioPart[];
  /** In words: `300 virtual users, 120.0s`. */
  readonly text: string;
}

type FactsOf = {
  readonly [Kind in LoadSpec["kind"]]: (load: Extract<LoadSpec, { readonly kind: Kind }>) => LoadFacts;
};

/** Users who never pause and begin at once. */
const STEADY = { rampUpMs: 0, thinkMs: 0, thinkJitter: 0 };

const LOAD_KINDS: FactsOf = {
  duration: ({ connections, durationMs }) => ({
    ...STEADY,
    maxUsers: connections,
    minUsers: connections,
    durationMs,
    text: `${formatSeconds(durationMs)} duration`,
  }),
  requests: ({ connections, unit, amount, durationMs }) => ({
    ...STEADY,
    maxUsers: connections,
    minUsers: Math.min(connections, amount),
    amount: { unit, count: amount },
    ...(durationMs !== undefined && { durationMs }),
    text: endText({ durationMs, amount: formatCounted(amount, unit.slice(0, -1)) }),
  }),
  users: (load) => ({
    maxUsers: load.users,
    minUsers: load.users,
    rampUpMs: load.stages === undefined ? load.rampUpMs : load.durationMs ?? 0,
    thinkMs: load.thinkMs,
    thinkJitter: load.thinkJitter,
    ...(load.durationMs !== undefined && { durationMs: load.durationMs }),
    ...(load.amount !== undefined && { amount: { unit: "iterations", count: load.amount } }),
    simulation: load,
    text: [
      `${load.stages === undefined ? "" : "up to "}${formatCounted(load.users, "virtual user")}`,
      ...(load.amount === undefined ? [] : [formatCounted(load.amount, "iteration")]),
      ...(load.durationMs === undefined ? [] : [formatSeconds(load.durationMs)]),
    ].join(", "),
  }),
  rate: (load) => ({
    ...STEADY,
    maxUsers: load.maxConnections,
    // Connections are opened as arrivals need them.
    minUsers: 0,
    ...(load.durationMs !== undefined && { durationMs: load.durationMs }),
    ...(load.amount !== undefined && { amount: { unit: "iterations", count: load.amount } }),
    openLoop: load,
    text: [
      endText({
        durationMs: load.durationMs,
        amount: load.amount === undefined ? undefined : formatCounted(load.amount, "arrival"),
      }),
      load.arrivals === undefined ? "" : `${load.arrivals} arrivals`,
      "open loop",
    ].filter((part) => part !== "").join(", "),
  }),
  scenarios: ({ parts }) => {
    const facts = parts.map((part) => ({ ...loadFacts(part.load), startMs: part.startMs }));
    const endMs = Math.max(...facts.map(({ startMs, durationMs = Infinity }) => startMs + durationMs));
    return {
      ...STEADY,
      maxUsers: facts.reduce((sum, { maxUsers }) => sum + maxUsers, 0),
      minUsers: facts.reduce((sum, { startMs, minUsers }) => startMs === 0 ? sum + minUsers : sum, 0),
      ...(endMs !== Infinity && { durationMs: endMs }),
      parts,
      text: [
        formatCounted(parts.length, "scenario"),
        endMs === Infinity ? "" : formatSeconds(endMs),
      ].filter((part) => part !== "").join(", "),
    };
  },
};

/**
 * What is to be known of a load.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { maxUsers, openLoop, text } = loadFacts({ kind: "duration", connections: 10, durationMs: 5000 });
 * assertEquals([maxUsers, openLoop, text], [10, undefined, "5.0s duration"]);
 * ```
 */
export function loadFacts(load: LoadSpec): LoadFacts {
  const read = LOAD_KINDS[load.kind] as (load: LoadSpec) => LoadFacts;
  return read(load);
}

/** The same load with another end; several loads have ends of their own. */
export function lastingFor(load: LoadSpec, durationMs: number): LoadSpec {
  return "parts" in load ? load : { ...load, durationMs };
}

/** Whether arrivals, or some of them, are on a schedule, so that their latency counts from when they were due. */
export function isOpenLoop({ load }: Pick<RunPlan, "load">): boolean {
  const { openLoop, parts = [] } = loadFacts(load);
  return openLoop !== undefined || parts.some(isOpenLoop);
}

/** Connections that a plan's users need at the most: one each, or with HTTP/2 one for so many. */
export function connectionsOf({ load, client }: Pick<RunPlan, "load" | "client">): number {
  return Math.ceil(loadFacts(load).maxUsers / (client.streams ?? 1));
}

/** What ends a load: a time, an amount, or whichever comes first. */
function endText(
  { durationMs, amount }: { readonly durationMs: number | undefined; readonly amount: string | undefined },
): string {
  const time = durationMs === undefined ? undefined : `${formatSeconds(durationMs)} duration`;
  return [amount, time].filter((part) => part !== undefined).join(" or ");
}
