/**
 * How the gRPC calls of a run are made, out of the settings.
 *
 * @module
 */
import type { HeaderLine } from "../../plan/http_step.ts";
import type { CallContext } from "../../steps/file/step_file.ts";
import type { SchemaFiles } from "../grpc/schema_source.ts";
import type { MainValues } from "../settings/settings.ts";
import { readClientCertificate } from "./client_certificate.ts";
import { composeClient } from "./compose_client.ts";
import { schemaSourceFrom } from "./grpc_schemas.ts";
import type { PlanSources } from "./plan_sources.ts";
import { readTrustedRoots } from "./request_spec.ts";

/** What all calls have in common. `files`: those that a scenario file names. */
export function callContextFrom(
  values: MainValues,
  { files: besides, sources: { files }, headers }: {
    readonly files?: SchemaFiles;
    readonly sources: Pick<PlanSources, "files">;
    /** Metadata of the questions that servers are asked. */
    readonly headers: readonly HeaderLine[];
  },
): CallContext {
  const source = schemaSourceFrom(values, {
    files,
    headers,
    ...(besides && { besides }),
    client: async () =>
      composeClient(values, {
        caCerts: await readTrustedRoots(values.caBundle, files),
        ...await readClientCertificate(values, files),
      }),
  });
  return {
    readSchema: (server, service) => source.readSchema(server, service),
    maxMessageBytes: values.grpcMaxMessageSize,
    compressed: values.compressed,
    ...(values.deadline !== undefined && { deadlineMs: values.deadline }),
  };
}
