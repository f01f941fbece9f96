/**
 * Where the schemas of calls come from, out of the settings.
 *
 * @module
 */
import type { GrpcValues } from "../../client/options/grpc_options.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { SchemaSource } from "../grpc/schema_source.ts";
import { parseTarget, type PlanFiles, type Target } from "./request_spec.ts";

/** Reads a target URL; its scheme becomes that of HTTP. @throws {UsageError} */
export function parseGrpcTarget(text: string): Target {
  return parseTarget(text.replace(/^grpc/i, "http"));
}

/** Where schemas come from: the options say it for all calls of a run. */
export function schemaSourceFrom(
  { proto, protoPath, protoset }: Pick<GrpcValues, "proto" | "protoPath" | "protoset">,
  { files, headers, client }: {
    readonly files: PlanFiles;
    /** Metadata of the questions that servers are asked. */
    readonly headers: readonly HeaderLine[];
    client(): Promise<ClientSpec>;
  },
): SchemaSource {
  return new SchemaSource({
    files: { protos: proto, folders: protoPath, sets: protoset },
    readFile: (path) => files.readFile(path),
    makeClient: client,
    headers: [
      ...headers.filter(([name]) => !/^accept$/i.test(name)),
      ["te", "trailers"],
      ["content-type", "application/grpc"],
    ],
  });
}
