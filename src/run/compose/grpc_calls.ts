/**
 * How the gRPC calls of a run are made, out of the settings.
 *
 * @module
 */
import type { HeaderLine } from "../../plan/http_step.ts";
import type { CallContext } from "../../steps/file/step_file.ts";
import type { CallMethod, ModuleCalls } from "../../plan/grpc/module_calls.ts";
import type { SchemaFiles, SchemaSource } from "../grpc/schema_source.ts";
import type { MainValues } from "../settings/settings.ts";
import { readClientCertificate } from "./client_certificate.ts";
import { composeClient } from "./compose_client.ts";
import { schemaSourceFrom } from "./grpc_schemas.ts";
import type { PlanSources } from "./plan_sources.ts";
import { readTrustedRoots } from "./request_spec.ts";

/** Where calls come from. */
interface CallSources {
  /** Files that a scenario file names. */
  readonly files?: SchemaFiles;
  readonly sources: Pick<PlanSources, "files">;
  /** Metadata of the questions that servers are asked. */
  readonly headers: readonly HeaderLine[];
}

/** What all calls have in common. */
export function callContextFrom(values: MainValues, from: CallSources): CallContext {
  const source = sourceFrom(values, from);
  return { readSchema: (server, service) => source.readSchema(server, service), ...callOptionsFrom(values) };
}

function callOptionsFrom(values: MainValues): Omit<CallContext, "readSchema"> {
  return {
    maxMessageBytes: values.grpcMaxMessageSize,
    compressed: values.compressed,
    ...(values.deadline !== undefined && { deadlineMs: values.deadline }),
  };
}

function sourceFrom(
  values: MainValues,
  { files: besides, sources: { files }, headers }: CallSources,
): SchemaSource {
  return schemaSourceFrom(values, {
    files,
    headers,
    ...(besides && { besides }),
    client: async () =>
      composeClient(values, {
        caCerts: await readTrustedRoots(values.caBundle, files),
        ...await readClientCertificate(values, files),
      }),
  });
}

/**
 * The calls that a module may make: of the files that describe services, else of the server that is its target;
 * `undefined` where there is neither.
 *
 * @throws {UsageError} when a file is unusable, or the server does not say
 */
export async function readModuleCalls(
  values: MainValues,
  { server, ...from }: CallSources & {
    /** The target, if it is a gRPC server. */
    readonly server: URL | undefined;
  },
): Promise<ModuleCalls | undefined> {
  const source = sourceFrom(values, from);
  if (!source.hasFiles && server === undefined) return undefined;
  const schema = await (server === undefined ? source.readOwn() : source.readAll(server));
  const { compressed, ...options } = callOptionsFrom(values);
  const methods = [...schema.services.values()].flatMap(({ name, methods }) =>
    methods.map(({ name: method, request, response, streamsRequests, streamsResponses }): CallMethod => ({
      path: `${name}/${method}`,
      request,
      response,
      ...(streamsRequests && { streamsRequests: true as const }),
      ...(streamsResponses && { streamsResponses: true as const }),
    }))
  );
  return {
    methods,
    types: schema.typesOf(methods.flatMap(({ request, response }) => [request, response])),
    ...options,
    ...(compressed && { compressed: true as const }),
  };
}
