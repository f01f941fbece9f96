/**
 * Where the schemas of calls come from, out of the settings.
 *
 * @module
 */
import type { GrpcValues } from "../../client/options/grpc_options.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { type SchemaFiles, SchemaSource } from "../grpc/schema_source.ts";
import { parseTarget, type PlanFiles, type Target } from "./request_spec.ts";

/** Reads a target URL; its scheme becomes that of HTTP. @throws {UsageError} */
export function parseGrpcTarget(text: string): Target {
  return parseTarget(text.replace(/^grpc/i, "http"));
}

/** Where schemas come from: the options say it for all calls of a run. */
export function schemaSourceFrom(
  { proto, protoPath, protoset }: Pick<GrpcValues, "proto" | "protoPath" | "protoset">,
  { files, headers, client, besides = { protos: [], folders: [], sets: [] } }: {
    readonly files: PlanFiles;
    /** Metadata of the questions that servers are asked. */
    readonly headers: readonly HeaderLine[];
    client(): Promise<ClientSpec>;
    /** What a scenario file names; the options go before it. */
    readonly besides?: SchemaFiles;
  },
): SchemaSource {
  const isGiven = proto.length + protoset.length > 0;
  return new SchemaSource({
    files: {
      protos: isGiven ? proto : besides.protos,
      folders: [...protoPath, ...besides.folders],
      sets: isGiven ? protoset : besides.sets,
    },
    readFile: (path) => files.readFile(path),
    makeClient: client,
    headers: [
      ...headers.filter(([name]) => !/^accept$/i.test(name)),
      ["te", "trailers"],
      ["content-type", "application/grpc"],
    ],
  });
}
