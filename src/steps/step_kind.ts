/**
 * What a kind of step is to those who run scenarios: a way to get a thread ready for its steps, and one user's runner of
 * them. An iteration knows nothing else of its steps.
 *
 * @module
 */
import type { Exchange, HttpClient, PreparedRequest } from "../client/exchange/http_client.ts";
import type { GroupRecorder } from "../metrics/group_recorder.ts";
import type { GroupName } from "../metrics/measure_groups.ts";
import type { ArrivalSchedule } from "../load/load_model.ts";
import type { LimitName } from "../metrics/limits.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { OwnerRules } from "../plan/owner_rules.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { HttpStep } from "../plan/http_step.ts";
import type { Feed, FeedPart } from "../plan/feed.ts";
import type { DataValue, Scenario, Step, StepSecrets } from "../plan/scenario.ts";
import type { Share } from "../plan/share.ts";
import type { Scope } from "../template/scope.ts";
import type { Placeholder } from "../template/template.ts";
import type { StepReport } from "./checked_step.ts";
import type { EndingUser } from "./ending_user.ts";

/** How often a check held and did not. */
export interface CheckTally {
  passed: number;
  failed: number;
}

/** Where steps are counted; the thread's recorder is one. */
export interface StepRecorder {
  /** A step's request is about to be sent. */
  start(): void;
  /** A step could not be filled in, and was not sent; `rule`: the key of the error. */
  countUnfilled(step: number, rule: string): void;
  /** `rules`: keys of broken rules; empty: all hold, whatever the status; `null`: an error status is a failure. */
  record(step: number, exchange: Exchange, rules: readonly string[] | null): void;
  /** Where a step counts what only steps of its kind have. */
  group<Name extends GroupName>(step: number, name: Name): GroupRecorder<Name>;
  countLengthError(step: number): void;
  /** Where checks are counted, by their names. */
  readonly custom: { check(name: string): CheckTally };
  readonly limits: { add(limit: LimitName): void };
  /** Whether the heads of this exchange are to be kept as a sample. */
  reserveHead(): boolean;
  /** What responses held where claims were broken, by the claim's key, masked; `has`: no more is wanted. */
  readonly foundInstead: { has(rule: string): boolean; note(rule: string, found: string): void };
  noteDetail(topic: string, text: string, always?: boolean): void;
}

/** A thread, to the kinds of its steps. */
export interface ThreadContext {
  readonly plan: RunPlan;
  readonly recorder: StepRecorder;
  /** Variables that are the same through all of the run. */
  readonly constants: ReadonlyMap<string, DataValue>;
  /** Names of variables whose values are secret, whatever they are called. */
  readonly secretVariables: ReadonlySet<string>;
  /** A dry run: is told of every step, all of it masked. Absent in a load. */
  readonly onStep?: (step: StepReport, index: number) => void;
  /** The clock that exchanges are stamped with, in ms. */
  now(): number;
  /** Has a client of the steps' own watched for its deadlines, and closed in the end. */
  watch(client: HttpClient): void;
  /** Where connections may lead; absent: wherever the plan says. */
  readonly rules?: OwnerRules;
}

/** One user, to the runners of its steps. */
export interface StepUser {
  readonly client: HttpClient;
  /** What the user knows in this iteration; steps bind variables in it. */
  readonly scope: Scope & { readonly variables: Map<string, DataValue> };
  /** The user's cookies, for steps of other kinds than the one that keeps them; `null`: none are kept. */
  cookies: { cookiesFor(url: URL): string } | null;
}

/** Runs the steps of one kind for one user, one at a time: `start`, then `finish`, then `settle`. Nothing rejects. */
export interface StepRunner {
  /** A new iteration begins. */
  begin(): void;
  /**
   * Starts a step, by its index. It is due at `dueMs`, or when it starts if that is negative; `nowMs`: the present.
   * `null`: it could not be filled in, and nothing was sent.
   */
  start(step: number, dueMs: number, nowMs: number): Promise<unknown> | null;
  /** What is still to be waited for before the step can be settled; `null`: nothing. */
  finish(): Promise<unknown> | null;
  /** Judges and records the step; `false`: the iteration cannot go on. */
  settle(step: number): boolean;
  /** When the step was over, what it took to look at it included. */
  readonly endMs: number;
  /** What came of the step: one of `OUTCOME`. */
  readonly outcome: number;
  /** The end of the run cut the step off. */
  readonly isUnfinished: boolean;
  /** Nothing starts any more: remembers how far the step under way has come. */
  loadEnded(): void;
}

/** The steps of one kind, ready to run in one thread. */
export interface StepThread<S extends Step = Step> {
  /** Takes in a step; `index`: its position among all steps. @throws {UsageError} when it is unusable */
  add(step: S, index: number): void;
  /** `beside`: the user's first runner, when this one is for requests at the same time; they share what the user keeps. */
  newRunner(user: StepUser, beside?: StepRunner): StepRunner;
  /** The request of a step whose connection can be opened ahead of the load. */
  firstRequest(step: number): PreparedRequest | null;
}

/** The users of one thread. */
export interface UserFactory {
  newUser(client: HttpClient, number: number): EndingUser;
  /** A request whose connection can be opened ahead of the load. */
  readonly firstRequest: PreparedRequest | null;
  readonly pauseThemselves: boolean;
  /** When iterations are due, if that is theirs to say. */
  readonly arrivals?: ArrivalSchedule;
  /** Is called once when the load is over. */
  close?(): void;
  /** Is called once a second while the load runs. */
  readonly onWindow?: () => void;
  /** The thread's connections, where they are not the users' own. */
  readonly connections?: SharedConnections;
}

/** Connections that users share, or that outlive what users do on them. */
export interface SharedConnections {
  readonly clients: readonly HttpClient[];
  /** How many of them are opened ahead of the load; one at least, to see whether the target is there. */
  readonly openedAhead: number;
  /** Ends all connections in peace, when the load is over. */
  end(): Promise<void>;
}

/** Numbers the rows of data sets that give each once, from 1. */
export interface RowNumbers {
  /** The next number of a set. */
  next(set: string): number;
}

/** What the users of a thread share with those who drive them. */
export interface DriverContext {
  readonly share: Share;
  readonly recorder: Recorder;
  /** Requests that may still be started. */
  readonly budget: { left: number };
  /** Numbers the rows of data sets that give each once. */
  readonly givenRows: RowNumbers;
  /** Iterations of the whole plan; `Infinity`: as many as there is time for. */
  readonly iterations: number;
  /** The run's zero on the clock of `performance.now()`. */
  startMs(): number;
  /** Whether no further request may start at a time of that clock. */
  isOver(nowMs: number): boolean;
  /** Resolves after `ms`, at the end of the load, or when it is stopped. */
  sleep(ms: number): Promise<void>;
  /** A client for further requests of a user at the same time. */
  newClient(): HttpClient;
  /** The next part of what the plan's kind of step feeds its threads with; never rejects. */
  readPart(): Promise<FeedPart>;
  /** Has a client of the users' own watched for its deadlines, and closed in the end. */
  watch(client: HttpClient): void;
  /** Where connections may lead; absent: wherever the plan says. */
  readonly rules?: OwnerRules;
}

/** A kind of step. */
export interface StepKind<S extends Step = Step> {
  readonly kind: S["kind"];
  /** Gets a thread ready for the steps of this kind. */
  open(context: ThreadContext): Promise<StepThread<S>>;
  /** Users who run the whole scenario in a shorter way; `null` where there is none for it. */
  shortcut?(plan: RunPlan, context: DriverContext): UserFactory | null | Promise<UserFactory | null>;
  /** What threads are given while the load runs, where a plan does not hold it. Only who made the plan asks. */
  feed?(step: S, shares: number): Feed;
  /** All placeholders of a step. */
  placeholders(step: S): readonly Placeholder[];
  /** Those that stand where no line break may be. */
  linePlaceholders(step: S): readonly Placeholder[];
  /** The variables that a step binds. */
  binds(step: S): readonly string[];
  /** Its own texts may use them, too. */
  readonly usesOwn?: true;
  /** Those of them whose values are secret by what they are taken from. */
  bindsSecrets(step: S): readonly string[];
  /** The names under which a step's checks are counted; absent: steps of this kind have none. */
  checks?(step: S, scenario: Scenario): readonly string[];
  /** The request that a step is or begins with; `undefined`: none is known before the load. */
  request(step: S): HttpStep | undefined;
  /** Where a step holds credentials; `variables`: those of the plan whose values are secret. */
  secrets(step: S, variables: ReadonlySet<string>): StepSecrets;
}
