/**
 * What all users of a thread share who run the same code.
 *
 * @module
 */
import type { HttpClient } from "../../client/exchange/http_client.ts";
import type { TalkWork } from "../../client/websocket/talk.ts";
import type { Recorder } from "../../metrics/recorder.ts";
import type { SpanRecorders } from "../../metrics/span_recorder.ts";
import type { CodeModule, CodeStep } from "../../plan/code_step.ts";
import type { RequestBuilder } from "./build_request.ts";
import type { ScriptFunction } from "./load_module.ts";
import type { ObservedRequest } from "./observed_request.ts";
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
