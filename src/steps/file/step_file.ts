/**
 * What steps of any kind are built with, out of a scenario file.
 *
 * @module
 */
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ProtoSchema } from "../../protobuf/schema.ts";
import type { Findings } from "./findings.ts";
import type { ScenarioText } from "./scenario_text.ts";

/** A base URL, filled in, and the same with marks where its path holds values that nobody may see. */
export interface Base {
  readonly url: URL;
  readonly open: { readonly url: URL; readonly sources: readonly string[] };
}

/** Stands for the placeholder of this number while a URL is made. */
export function markOf(index: number): string {
  return `.bench-placeholder-${index}.`;
}

/** What steps are built with. */
export interface StepFileContext {
  readonly text: ScenarioText;
  readonly findings: Findings;
  /** What paths are relative to; `undefined` when there is none. */
  readonly base: Base | undefined;
  readonly commonHeaders: readonly HeaderLine[];
  /** The step's number in its flow, from 1; absent: its place in its list. */
  readonly number?: number;
  /** Reads a file named in the scenario. @throws {UsageError} */
  readBytes(file: string): Promise<Uint8Array>;
  /** How gRPC calls are made; absent: they cannot be. */
  readonly calls?: CallContext;
}

/** What all gRPC calls of a run have in common. */
export interface CallContext {
  /** The schema of a service of a server, `http:` or `https:`. @throws {UsageError} */
  readSchema(server: URL, service: string): Promise<ProtoSchema>;
  readonly maxMessageBytes: number;
  readonly compressed: boolean;
  /** Absent: servers are told none. */
  readonly deadlineMs?: number;
}

/** What to say about a URL with a user name or password in it. */
export function credentialProblem(found: string, url: URL): string | undefined {
  return url.username + url.password === ""
    ? undefined
    : `${found}: it holds a user name or password; expected an Authorization header instead`;
}
