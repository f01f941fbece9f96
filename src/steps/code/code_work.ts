/**
 * What all users of a thread share who run the same code, and what a user is told by the session of its iteration.
 *
 * @module
 */
import type { HttpClient } from "../../client/exchange/http_client.ts";
import type { TalkSet, TalkWork } from "../../client/websocket/talk.ts";
import type { Recorder } from "../../metrics/recorder.ts";
import type { SpanRecorders } from "../../metrics/span_recorder.ts";
import type { CodeModule, CodeStep } from "../../plan/code_step.ts";
import type { RequestBuilder } from "./build_request.ts";
import type { CallBuilder } from "./grpc/call_builder.ts";
import type { ScriptFunction } from "./load_module.ts";
import type { ObservedRequest } from "./observed_request.ts";
import type { PendingRequests } from "./pending_requests.ts";
import type { ScriptRows } from "./script_rows.ts";

/** The thread's side of a module's function. */
export interface CodeWork {
  readonly module: CodeModule;
  readonly step: CodeStep;
  /** The step's position among all steps: what is counted there is the iterations', not a request's. */
  readonly index: number;
  readonly run: ScriptFunction;
  /** The name under which iterations are timed. */
  readonly flow: string;
  readonly recorder: Recorder;
  readonly builder: RequestBuilder;
  /** The same for gRPC calls. */
  readonly calls: CallBuilder;
  readonly rows: ScriptRows;
  /** What `setup` returned. */
  readonly vars: unknown;
  readonly seed: number;
  /** Requests that may still be started. */
  readonly budget: { left: number };
  /** How long an iteration may take without its pauses, in ms. */
  readonly iterationTimeoutMs: number;
  /** Bytes of a body that are kept; absent: the client's own choice. */
  readonly maxBodyBytes?: number;
  /** The run's zero on the clock of `performance.now()`. */
  startMs(): number;
  /** Whether no further request may start at a time of that clock. */
  isOver(nowMs: number): boolean;
  /** Resolves after `ms`, or at the end of the load. */
  sleep(ms: number): Promise<void>;
  /** A further client, for requests at the same time. */
  newClient(): HttpClient;
  /** Has a client of the user's own watched for its deadlines, and closed in the end. */
  watch(client: HttpClient): void;
  /** How long connecting, and a message, are waited for, in ms. */
  readonly timeoutMs: number;
  readonly maxHeaderBytes: number;
  /** What the WebSockets share that are counted for a step. */
  talkWork(step: number): TalkWork;
  /** Where iterations and groups are timed. */
  readonly spans: Pick<SpanRecorders, "of">;
  /** Is told of every request; absent in a load. */
  readonly observe?: (request: ObservedRequest) => void;
  /** Shows something with `-v`. */
  log(values: readonly unknown[]): void;
}

/** A session that tells of itself. */
interface EndedSession {
  readonly pending: Pick<PendingRequests, "settle">;
}

/** Who has to know how a session goes on. */
export interface SessionOwner {
  /** A client that is free, or a new one. */
  takeClient(): HttpClient;
  giveBack(client: HttpClient): void;
  /** The user's WebSockets, which live on when a session is cut off. */
  readonly talks: TalkSet;
  /** Nothing may go on, and nothing is in flight any more. */
  onCut(session: EndedSession): void;
  /** The last request that was in flight is over, and its response handed on. */
  onIdle(session: EndedSession): void;
  /** No row of a data set is left. */
  onSpent(): void;
}
