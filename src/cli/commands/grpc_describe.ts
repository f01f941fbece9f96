/**
 * `bench grpc-describe HOST:PORT [SERVICE]`: what a gRPC server offers, with messages to begin with.
 *
 * @module
 */
import { connectionOptions } from "../../client/options/connection_options.ts";
import { grpcOptions } from "../../client/options/grpc_options.ts";
import { httpOptions } from "../../client/options/http_options.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { DEFAULT_HEAD_LIMIT_BYTES } from "../../lib/size_limits.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { defineOptions, type ValuesOf } from "../../options/option.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { sampleMessage } from "../../protobuf/sample_message.ts";
import type { ProtoMethod, ProtoSchema, ProtoService } from "../../protobuf/schema.ts";
import { readClientCertificate } from "../../run/compose/client_certificate.ts";
import { parseGrpcTarget, schemaSourceFrom } from "../../run/compose/grpc_schemas.ts";
import { LOCAL_SOURCES } from "../../run/compose/plan_sources.ts";
import { readTrustedRoots, requestHeaders } from "../../run/compose/request_spec.ts";
import type { SchemaSource } from "../../run/grpc/schema_source.ts";
import type { Command } from "../command.ts";
import { GRPC_FLAGS } from "../help/foreign_flags.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { printError, printOut } from "../terminal.ts";

const { header, timeout, insecure, caBundle } = httpOptions;
const { cert, key } = connectionOptions;
const { proto, protoPath, protoset } = grpcOptions;
const options = defineOptions({ proto, protoPath, protoset, header, timeout, insecure, caBundle, cert, key });

const spec: CommandSpec<typeof options> = {
  name: "bench grpc-describe",
  usage: "[OPTIONS] HOST:PORT [SERVICE]",
  summary:
    "Lists the services of a gRPC server; of one service, its methods with messages to begin with. Asks the server's reflection, or reads --proto and --protoset.",
  options,
  operands: {
    max: 2,
    label: "words",
  },
  sections: [{
    title: "Examples",
    rows: [
      ["bench grpc-describe localhost:50051", "the services"],
      ["bench grpc-describe localhost:50051 shop.Shop", "its methods, with a command line for each"],
    ],
  }],
  foreignFlags: GRPC_FLAGS,
  version: VERSION,
};

/** Describes what the words name. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values, operands: [place = "", service] } = settings;
  if (place === "") {
    throw new UsageError(
      "Nothing to describe: expected a server, such as localhost:50051 or grpcs://example.org",
    );
  }
  if (/^(?:list|describe)$/.test(service ?? "")) {
    throw new UsageError(
      `Leave out "${service}": bench grpc-describe ${
        escapeTerminal(place)
      } lists the services, and with the name of one ` +
        "behind it, what that has",
    );
  }
  const target = parseGrpcTarget(/:\/\//.test(place) ? place : `grpc://${place}`);
  const headers = requestHeaders({
    ...values,
    basicAuth: undefined,
    cookie: [],
    body: undefined,
    postFile: undefined,
  }, target);
  const source = schemaSourceFrom(values, {
    files: LOCAL_SOURCES.files,
    headers,
    client: () => readClient(values),
  });
  if (service === undefined) {
    const names = await listServices(source, target.url);
    printOut(names.length === 0 ? "There is no service\n" : `${names.map(escapeTerminal).join("\n")}\n`);
    if (names.length > 0) {
      printError(
        `Methods and messages: bench grpc-describe ${escapeTerminal(place)} ${escapeTerminal(names[0]!)}\n`,
      );
    }
    return EXIT.ok;
  }
  const [name = "", method] = service.split("/");
  const schema = await source.readSchema(target.url, name);
  const found = schema.services.get(name);
  // A method of that service, which is there or not, says whether the service is.
  if (found === undefined || method) schema.methodAt(`${name}/${method || "Any"}`);
  const methods = method ? found!.methods.filter((one) => one.name === method) : found!.methods;
  const secure = target.url.protocol === "https:" ? "s" : "";
  printOut(describeService({ name, methods }, schema, `grpc${secure}://${target.url.host}`));
  return EXIT.ok;
}

async function readClient(
  { insecure, caBundle, timeout, ...values }: ValuesOf<typeof options>,
): Promise<ClientSpec> {
  const { files } = LOCAL_SOURCES;
  return {
    kind: "raw",
    keepAlive: true,
    timeoutMs: timeout,
    maxHeaderBytes: DEFAULT_HEAD_LIMIT_BYTES,
    tls: {
      verify: !insecure,
      caCerts: await readTrustedRoots(caBundle, files),
      ...await readClientCertificate(values, files),
    },
    phases: false,
    verifyLength: false,
    maxRedirects: 0,
    http2: true,
    resolve: [],
    perAddress: false,
  };
}

async function listServices(source: SchemaSource, server: URL): Promise<readonly string[]> {
  const names = source.hasFiles
    ? [...(await source.readOwn()).services.keys()]
    : await source.ask(server, (reflection) => reflection.listServices());
  return names.filter((name) => !/^grpc\.reflection\./.test(name)).toSorted();
}

function describeService(
  { name, methods }: Pick<ProtoService, "name" | "methods">,
  schema: ProtoSchema,
  server: string,
): string {
  if (methods.length === 0) throw new UsageError(`Service ${name} has no methods`);
  const parts = methods.map((method) => {
    const sample = JSON.stringify(sampleMessage(schema, method.request));
    const message = method.streamsRequests ? `[${sample}]` : sample;
    return [
      `${name}/${method.name}${streamsText(method)}`,
      `  sends     ${method.request}`,
      `  receives  ${method.response} ${JSON.stringify(sampleMessage(schema, method.response))}`,
      `  bench ${server}/${name}/${method.name} -b '${message.replaceAll("'", "'\\''")}'`,
    ].map(escapeTerminal).join("\n");
  });
  return `${parts.join("\n\n")}\n`;
}

function streamsText({ streamsRequests, streamsResponses }: ProtoMethod): string {
  if (streamsRequests) return streamsResponses ? "  (streams both ways)" : "  (streams requests)";
  return streamsResponses ? "  (streams responses)" : "";
}

/** `bench grpc-describe`. */
export const grpcDescribeCommand: Command = { spec, run };
