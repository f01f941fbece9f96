/**
 * Everything a worker needs to apply its share of the load, and nothing else: no report paths, no thresholds. Plain
 * JSON-safe data; times in ms.
 *
 * @module
 */
import type { ClientSpec } from "./client_spec.ts";
import type { CodeModule } from "./code_step.ts";
import type { PacerSpec } from "./pacer_spec.ts";
import { type DataValue, type Flow, type Scenario, type Step, stepsOf } from "./scenario.ts";

/** Closed loop: `connections` users, no pause, until the time is over. */
export interface DurationLoad {
  /** Tells the kinds of {@linkcode LoadSpec} apart. */
  readonly kind: "duration";
  /** Users at work at the same time, over all threads; 1 or more. */
  readonly connections: number;
  /** Nothing starts after this; what is in flight then has the grace period. */
  readonly durationMs: number;
}

/**
 * Closed loop: `connections` users, no pause, until `amount` requests (or iterations) were started, or the time is over.
 */
export interface RequestsLoad {
  /** Tells the kinds of {@linkcode LoadSpec} apart. */
  readonly kind: "requests";
  /** Users at work at the same time, over all threads; 1 or more. */
  readonly connections: number;
  /** What `amount` counts. */
  readonly unit: "requests" | "iterations";
  /** How many are started over all threads, 1 or more. */
  readonly amount: number;
  /** Nothing starts after this; absent: there is no limit of time. */
  readonly durationMs?: number;
}

/** How many users there are over time: straight lines through these points, the first of which is at 0 ms. */
export type UserStages = readonly (readonly [atMs: number, users: number])[];

/** Closed loop with pauses: user i of `users` starts at i·rampUpMs/users. */
export interface UsersLoad {
  /** Tells the kinds of {@linkcode LoadSpec} apart. */
  readonly kind: "users";
  /** Users at work once all have started, over all threads; 1 or more. */
  readonly users: number;
  /** Nothing starts after this; the ramp-up is part of it. Absent: the amount ends the run. */
  readonly durationMs?: number;
  /** Iterations of all users together; absent: as many as there is time for. */
  readonly amount?: number;
  /** 0: all start at once. */
  readonly rampUpMs: number;
  /** Mean pause after a request; absent: the scenario's own. */
  readonly thinkMs: number;
  /** Relative half-width of the pause, 0 to 1. */
  readonly thinkJitter: number;
  /** In place of the ramp-up; `users` is their largest number, and `durationMs` the last time. */
  readonly stages?: UserStages;
}

/** Open loop: arrivals on the pacer's schedule, whatever the responses do. */
export interface RateLoad {
  /** Tells the kinds of {@linkcode LoadSpec} apart. */
  readonly kind: "rate";
  /** When arrivals are due; its rates hold for all threads together. */
  readonly pacer: PacerSpec;
  /**
   * Arrivals are at random between two marks of the curve, as independent users come, or as the scenario's log has them;
   * absent: on the curve's marks.
   */
  readonly arrivals?: "uniform" | "poisson" | "recorded";
  /** No arrival is due after this. Absent: until `amount` arrivals. */
  readonly durationMs?: number;
  /** Arrivals over all threads. Absent: until `durationMs`. */
  readonly amount?: number;
  /** Most connections, over all threads. */
  readonly maxConnections: number;
  /** The curve in words, for reports. */
  readonly description?: string;
  /** Iterations per second that were asked for, for reports; the first rate of a ramp. Absent: as recorded. */
  readonly targetRate?: number;
  /** The last rate of a ramp, in iterations per second; absent without a ramp. */
  readonly rampTargetRate?: number;
}

/** When the iterations of one scenario start. */
export type SingleLoad = DurationLoad | RequestsLoad | UsersLoad | RateLoad;

/** One of several scenarios that run side by side. */
export interface ScenarioPart {
  /** What reports and thresholds call it; different from those of all others. */
  readonly name: string;
  /** Its own; times in it count from its start. */
  readonly load: SingleLoad;
  /** When it starts, since the run's start. */
  readonly startMs: number;
  /** How many of the plan's flows are its own: those behind the ones of the parts before it. 1 or more. */
  readonly flows: number;
}

/** Several scenarios, each with a load of its own. */
export interface ScenariosLoad {
  /** Tells the kinds of {@linkcode LoadSpec} apart. */
  readonly kind: "scenarios";
  /** At least one. */
  readonly parts: readonly ScenarioPart[];
}

/** When iterations start. */
export type LoadSpec = SingleLoad | ScenariosLoad;

/** Which single requests are logged. */
export interface LogSpec {
  /** Share of the requests, drawn at random; above 0 up to 1. */
  readonly share: number;
  /** Requests per second at most, over all threads. */
  readonly maxPerSecond: number;
}

/** Steps that one user runs once for the whole run, beside the load and in none of its numbers. */
export interface OnceFlows {
  /** Before any load; what it extracts, all users know. */
  readonly setup?: Flow;
  /** When the load is over, however it ended. */
  readonly teardown?: Flow;
}

/** What a worker is told before it starts. */
export interface RunPlan {
  /** Changes with the shape of this data. */
  readonly version: 1;
  /** For all threads together; each does its share. */
  readonly load: LoadSpec;
  /** What each iteration of the load does. */
  readonly scenario: Scenario;
  /** The module whose functions steps of the user's code call; absent: there are none. */
  readonly module?: CodeModule;
  /** The same for every request of the run. */
  readonly client: ClientSpec;
  /** How long what is in flight at the end may still take. */
  readonly gracefulStopMs: number;
  /** Load applied before the measurement starts, excluded from the results. */
  readonly warmupMs: number;
  /** 0 to 2^32 − 1; the same seed makes the same random choices. */
  readonly seed: number;
  /** What each thread keeps for `-v`: 0 nothing, 2 the first of each failure, 3 statuses a second, 4 sampled heads. */
  readonly verbosity: number;
  /** Absent: no request is logged. */
  readonly log?: LogSpec;
  /** For who conducts the run alone: it does not travel. Absent: nothing is to be done once. */
  readonly once?: OnceFlows;
  /** What setup found out, by name: the same for all users, and secret. */
  readonly vars?: Readonly<Record<string, DataValue>>;
}

/** How the requests of a plan travel, when steps of its own follow more redirects than the others. */
export function clientOf({ client, scenario }: Pick<RunPlan, "client" | "scenario">): ClientSpec {
  const most = Math.max(
    ...stepsOf(scenario).map((step) => step.kind === "http" ? step.maxRedirects ?? 0 : 0),
  );
  return most > client.maxRedirects ? { ...client, maxRedirects: most } : client;
}

/** The shortest timeout of a request or a message of a plan, in ms. */
export function shortestTimeoutMs({ client, scenario }: Pick<RunPlan, "client" | "scenario">): number {
  return Math.min(client.timeoutMs, ...stepsOf(scenario).flatMap(timeoutsOf));
}

function timeoutsOf(step: Step): readonly number[] {
  const timeouts = step.kind === "http" ? [step.timeoutMs] : step.kind === "websocket"
    ? [
      step.replyTimeoutMs,
      ...(step.actions ?? []).map((action) => "timeoutMs" in action ? action.timeoutMs : undefined),
    ]
    : [];
  return timeouts.filter((ms) => ms !== undefined);
}

/**
 * The scenario with all that is sent beside the load: what is checked before anything is sent. Steps keep their indexes.
 */
export function wholeScenario({ scenario, once = {} }: Pick<RunPlan, "scenario" | "once">): Scenario {
  const { setup, teardown } = once;
  return setup === undefined && teardown === undefined
    ? scenario
    : { ...scenario, flows: [...scenario.flows, ...(setup ? [setup] : []), ...(teardown ? [teardown] : [])] };
}
