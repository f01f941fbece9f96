/**
 * What one iteration does: flows of steps. One URL is a scenario of one flow of one step; a URL list is one flow a URL,
 * taken in turn. Plain data that travels to workers.
 *
 * @module
 */
import type { Block } from "./blocks.ts";
import type { CodeStep } from "./code_step.ts";
import type { HttpStep } from "./http_step.ts";
import type { ReplayStep } from "./replay_step.ts";
import { httpUrlOf, type SocketLoad, type WebSocketStep } from "./websocket_step.ts";

/** One step of a flow. The kinds are told apart by `kind`; what each does is in `src/steps`. */
export type Step = HttpStep | CodeStep | ReplayStep | WebSocketStep;

/** Steps that one iteration runs in order. */
export interface Flow {
  /** For people; a plain list of steps has the name of its scenario or URL. */
  readonly name: string;
  /** Relative frequency when flows are drawn by weight. */
  readonly weight: number;
  /** At least one. */
  readonly steps: readonly Step[];
  /** What is made of stretches of them, the outer ones first; absent: they run one after another. */
  readonly blocks?: readonly Block[];
}

/**
 * What a placeholder stands for. `json` spells what has no exact JavaScript value or is no scalar: whole numbers beyond
 * 2^53, lists, objects.
 */
export type DataValue = string | number | boolean | null | { readonly json: string };

/** Rows that iterations draw from. */
export interface DataSet {
  /** What placeholders call it: `${name.field}`. */
  readonly name: string;
  /** `loop` starts over at the end; `random` draws any row; the others give each row once, then end users. */
  readonly strategy: "loop" | "sequential" | "random" | "unique";
  /** Names of the columns. */
  readonly fields: readonly string[];
  /** One value a field, in the order of `fields`; at least one row. */
  readonly rows: readonly (readonly DataValue[])[];
}

/** One row's values, in the order of the set's fields. */
export type Row = readonly DataValue[];

/** Everything that an iteration can do. */
export interface Scenario {
  /** Absent for a plain URL or URL list. */
  readonly name?: string;
  /** `rotate`: iterations run the flows in turn. `weighted`: drawn by weight, reproducibly, from the seed and k. */
  readonly pick: "rotate" | "weighted";
  /** At least one. */
  readonly flows: readonly Flow[];
  /** Every thread holds all rows and draws only its share of them. */
  readonly data: readonly DataSet[];
  /** Whether the cookies that servers set are kept: not at all, for a user's life, or for one iteration. */
  readonly cookies: "ignore" | "persistent" | "fresh_per_iteration";
  /** What follows when a response lacks a value or is missing; the request is a failure either way. */
  readonly onExtractFailure: "abort_iteration" | "continue";
  /** A placeholder without a value fails its request unsent and ends the iteration, or is sent as written. */
  readonly onTemplateError: "abort_iteration" | "keep_literal";
  /**
   * Values of the environment variables that steps name in `${env(NAME)}`. They are secrets: steps keep the placeholder,
   * and nothing ever shows this field.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** What variables are before a step extracts them; texts may hold `${env(NAME)}`. Absent: there is nothing. */
  readonly vars?: Readonly<Record<string, DataValue>>;
  /** Appends a unique `_cb` query parameter to each request's URL. */
  readonly cacheBust: boolean;
}

/** Where a step holds credentials. Placeholders stand for their values. */
export interface StepSecrets {
  /** Names of header fields, in lower case. */
  readonly headers: ReadonlySet<string>;
  /** Names of parameters. */
  readonly url: readonly string[];
  /** Names of fields. */
  readonly body: readonly string[];
}

/** Of a step whose requests are known only when they are made. */
export const NO_SECRETS: StepSecrets = { headers: new Set(), url: [], body: [] };

/** All steps of all flows, in order: a step's position here is its index everywhere. */
export function stepsOf(scenario: Scenario): readonly Step[] {
  return scenario.flows.flatMap((flow) => flow.steps);
}

/** The names of all groups of steps. */
export function groupNames({ flows }: Scenario): readonly string[] {
  const names = flows.flatMap(({ blocks = [] }) =>
    blocks.flatMap((block) => block.kind === "group" ? [block.name] : [])
  );
  return [...new Set(names)];
}

/** Requests of an iteration at most, redirects aside. */
export function maxSteps({ flows }: Scenario): number {
  return Math.max(
    ...flows.map(({ steps, blocks = [] }) =>
      blocks.length === 0 ? steps.length : steps.reduce((sum, _step, i) => sum + maxRounds(blocks, i), 0)
    ),
  );
}

/** How often a step is done in an iteration at most. */
function maxRounds(blocks: readonly Block[], step: number): number {
  return blocks.reduce((product, block) => {
    const isLoop = block.kind === "repeat" || block.kind === "while";
    return isLoop && block.from <= step && step < block.to ? product * block.max : product;
  }, 1);
}

/** The HTTP steps among them. */
export function httpStepsOf(scenario: Scenario): readonly HttpStep[] {
  return stepsOf(scenario).filter((step) => step.kind === "http");
}

/** Whether a step's requests are gRPC calls. */
export function isCall(step: Step): boolean {
  return step.kind === "http" && step.grpc !== undefined;
}

/** The method of a step's requests; empty where there is no single one. */
export function methodOf(step: Step | undefined): string {
  return step?.kind === "http" && step.grpc === undefined ? step.method : "";
}

/**
 * A step's URL as people know it: that of a call has a scheme of its own, and one that is drawn from a pattern is the
 * pattern. Credentials are still in it.
 */
export function shownUrlOf(step: Step): string {
  if (isCall(step) || (step.kind === "code" && step.isGrpc)) return step.url.replace(/^http/i, "grpc");
  const pattern = /^\$\{randregex\((".*")\)\}$/.exec(step.url)?.[1];
  return pattern === undefined ? step.url : String(JSON.parse(pattern)).replaceAll("\\.", ".");
}

/** Whether the user's own code makes the requests. */
export function isCode(scenario: Scenario): boolean {
  return !isReplay(scenario) && stepsOf(scenario).some(({ kind }) => kind === "code");
}

/** Whether a log says which requests there are, and when. */
export function isReplay(scenario: Scenario): boolean {
  return scenario.flows[0]?.steps[0]?.kind === "replay";
}

/** A scenario with the steps that were found while it ran; they have the numbers behind its own. */
export function withFoundSteps(scenario: Scenario, found: readonly string[]): Scenario {
  const last = scenario.flows.at(-1);
  if (found.length === 0 || last === undefined) return scenario;
  const steps = found.map((name): CodeStep => ({ kind: "code", name, url: "", headers: [] }));
  return {
    ...scenario,
    flows: [...scenario.flows.slice(0, -1), { ...last, steps: [...last.steps, ...steps] }],
  };
}

/** The URLs that steps lead to, as far as they are known before placeholders are filled in; `http:` ones of handshakes, too. */
export function knownUrls(scenario: Scenario): readonly URL[] {
  return stepsOf(scenario).flatMap((step) => {
    const base = step.kind === "code" || step.kind === "replay" ? undefined : step.base;
    return URL.parse(httpUrlOf(step.url), base === undefined ? base : httpUrlOf(base)) ?? [];
  })
    .filter(({ hostname }) => !hostname.includes("${"));
}

/** What the whole run is when it is nothing but WebSocket connections; `undefined` for any other. */
export function socketLoadOf({ flows }: Scenario): SocketLoad | undefined {
  const step = flows[0]?.steps[0];
  return step?.kind === "websocket" ? step.load : undefined;
}
