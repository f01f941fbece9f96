/**
 * What iterations do when a log is replayed: each is one request of the log. Requests are named, by method and path, as they
 * come.
 *
 * @module
 */
import type { HeaderLine } from "./http_step.ts";
import type { StepBase } from "./step_base.ts";

/** How the lines of a log are written. */
export type LogFormat =
  /** `pattern` has the groups `time`, `request` or `method` and `target`, `status`, `host`; all but the time may be absent. */
  | { readonly kind: "pattern"; readonly pattern: string }
  /** A JSON object or a row of `columns`; `fields` says which of its fields is what. */
  | { readonly kind: "json"; readonly fields: LogFields }
  | { readonly kind: "csv"; readonly fields: LogFields; readonly columns: readonly string[] };

/** Names of fields; those of parts of a part are joined by dots. */
export interface LogFields {
  /** When it was. */
  readonly time: string;
  /** Absent: GET. */
  readonly method?: string;
  /** Path and query. */
  readonly target?: string;
  /** `GET / HTTP/1.1`, in place of method and target. */
  readonly request?: string;
  /** What was answered; absent: it is not compared. */
  readonly status?: string;
  /** Absent: it is not known. */
  readonly host?: string;
}

/** A log that is replayed. */
export interface ReplayStep extends StepBase {
  /** Tells the kinds of step apart. */
  readonly kind: "replay";
  /** Where requests go: the log's hosts are replaced by this one. */
  readonly url: string;
  /** Sent with every request, but for `Host`. */
  readonly headers: readonly HeaderLine[];
  /** The log, on the machine of every thread. */
  readonly path: string;
  /** How its lines are written. */
  readonly format: LogFormat;
  /** Times are whole seconds: the requests of a second are spread over it. */
  readonly isWhole: boolean;
  /** When the log begins, in ms since 1970. */
  readonly beginsMs: number;
  /** How much faster than recorded; above 0. */
  readonly speed: number;
  /** Begin again at the end. */
  readonly loops: boolean;
  /** `Host` is the recorded one. */
  readonly keepsHosts: boolean;
  /** Requests whose path matches are left out; absent: none. */
  readonly skip?: string;
}
