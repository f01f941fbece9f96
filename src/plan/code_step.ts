/**
 * What one iteration does when the user's own code makes the requests: a function of a module. Its requests are found, by
 * name, while the load runs.
 *
 * @module
 */
import type { ModuleCalls } from "./grpc/module_calls.ts";
import type { HeaderLine } from "./http_step.ts";
import type { StepBase } from "./step_base.ts";

/** A function of the plan's module, or requests that it made under one name. */
export interface CodeStep extends StepBase {
  /** Tells the kinds of step apart. */
  readonly kind: "code";
  /** The name under which the module exports the function; absent: requests of a module that were found. */
  readonly exported?: string;
  /** What the paths of its requests are relative to; empty: it requests whole URLs. */
  readonly url: string;
  /** That is a gRPC server. */
  readonly isGrpc?: true;
  /** Fields that all its requests have, unless they bring their own; values may be secrets. */
  readonly headers: readonly HeaderLine[];
  /** How long an iteration may take without its pauses, in ms; absent: the program's choice. */
  readonly timeoutMs?: number;
}

/** A module of the user's, as threads load it. */
export interface CodeModule {
  /** The file URL of its entry. */
  readonly url: string;
  /** What reports and messages call it: its file's name. */
  readonly name: string;
  /** For workers: the module's own file, then those that it imports. Absent: they lie where the URL says. */
  readonly files?: readonly CodeFile[];
  /** The gRPC calls that its functions may make; absent: there is no schema. */
  readonly calls?: ModuleCalls;
}

/** A file of a module. */
export interface CodeFile {
  /** Relative to the folder that holds them all, with slashes. */
  readonly path: string;
  /** What is in it. */
  readonly text: string;
  /** SHA-256 of the text in UTF-8, in hexadecimal digits. */
  readonly sha256: string;
}
