/**
 * Asks a server what it offers (gRPC server reflection, v1 and v1alpha).
 *
 * @module
 */
import { CallReader } from "../../client/grpc/call_reader.ts";
import { CompressionError, decompressMessage, frameMessage } from "../../client/grpc/message_frames.ts";
import { Exchange, type HttpClient } from "../../client/exchange/http_client.ts";
import { assembleRequest } from "../../client/exchange/assemble_request.ts";
import { createClients } from "../../client/registry.ts";
import { FAILURE, FAILURE_KINDS } from "../../metrics/failure.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { MessageDecoder } from "../../protobuf/decode_message.ts";
import { addFile, readFileDescriptor } from "../../protobuf/read_descriptors.ts";
import type { FileDescriptor } from "../../protobuf/descriptor_types.ts";
import { ProtoSchema } from "../../protobuf/schema.ts";
import { MalformedMessageError } from "../../protobuf/message_reader.ts";
import { FORM, MessageWriter } from "../../protobuf/message_writer.ts";
import { REFLECTION_TYPES, type ReflectionResponse } from "./reflection_types.ts";

/** Where to ask, and how. */
export interface ReflectionTarget {
  /** `http:` or `https:`. */
  readonly server: URL;
  readonly client: ClientSpec;
  /** Metadata of all calls; some servers ask for a login here, too. */
  readonly headers: readonly HeaderLine[];
  /** How long one reply may take. */
  readonly timeoutMs: number;
}

/** A server that could not be asked, or has no reply. */
export class ReflectionError extends Error {
  override readonly name = "ReflectionError";
  /** The server is there, and has no reflection. */
  readonly isMissing: boolean;
  /** It may have an older one. */
  readonly mayBeOlder: boolean;

  constructor(reason: string, which?: "missing" | "older") {
    super(reason);
    this.isMissing = which === "missing";
    this.mayBeOlder = which !== undefined;
  }
}

const VERSIONS = ["v1", "v1alpha"] as const;
/** Numbers of the fields of a question. */
const BY_NAME = 3, BY_SYMBOL = 4, LIST = 7;
/** How much one reply may hold, and how many files there may be. */
const MAX_REPLY_BYTES = 64 * 1024 ** 2;
const MAX_FILES = 10_000;
const NOT_FOUND = 5;

/** Asks one server. */
export class Reflection {
  readonly #target: ReflectionTarget;
  readonly #client: HttpClient;
  readonly #decoder = new MessageDecoder(REFLECTION_TYPES);
  #version: (typeof VERSIONS)[number] | undefined;

  constructor(target: ReflectionTarget) {
    const { client } = target;
    this.#target = target;
    this.#client = createClients({ ...client, kind: "raw", http2: true, maxRedirects: 0, phases: false })();
  }

  close(): void {
    this.#client.close();
  }

  /** Full names of the services. @throws {ReflectionError} */
  async listServices(): Promise<readonly string[]> {
    const { list_services_response: list } = await this.#ask(LIST, "");
    return (list?.service ?? []).map(({ name = "" }) => name);
  }

  /**
   * What a service is made of; without it, all that the server offers is in the schema by name.
   *
   * @throws {ReflectionError}
   */
  async readSchema(service: string): Promise<ProtoSchema> {
    const schema = new ProtoSchema();
    const files = new Map<string, FileDescriptor>();
    if (!await this.#readFile(service, files)) {
      for (const name of await this.listServices()) schema.services.set(name, { name, methods: [] });
      return schema;
    }
    await this.#readImports(files);
    for (const file of files.values()) addFile(schema, file);
    return schema;
  }

  /** What all services are made of. @throws {ReflectionError} */
  async readAll(): Promise<ProtoSchema> {
    const schema = new ProtoSchema();
    const files = new Map<string, FileDescriptor>();
    for (const name of await this.listServices()) {
      if (!isReflection(name)) await this.#readFile(name, files);
    }
    await this.#readImports(files);
    for (const file of files.values()) addFile(schema, file);
    return schema;
  }

  /** The file that declares a service; `false`: the server knows no such service. */
  async #readFile(service: string, files: Map<string, FileDescriptor>): Promise<boolean> {
    const reply = await this.#ask(BY_SYMBOL, service);
    if (reply.error_response === undefined) {
      takeFiles(reply, files);
      return true;
    }
    if (reply.error_response.error_code === NOT_FOUND) return false;
    throw new ReflectionError(reply.error_response.error_message ?? "an error without a message");
  }

  async #readImports(files: Map<string, FileDescriptor>): Promise<void> {
    for (let missing = missingOf(files); missing.length > 0; missing = missingOf(files)) {
      if (files.size > MAX_FILES) throw new ReflectionError("it has too many files");
      for (const name of missing) {
        const reply = await this.#ask(BY_NAME, name);
        if (reply.error_response === undefined) takeFiles(reply, files);
        // What is missing may be nothing but options.
        if (!files.has(name)) files.set(name, NO_FILE);
      }
    }
  }

  /** @throws {ReflectionError} */
  async #ask(field: number, value: string): Promise<ReflectionResponse> {
    if (this.#version !== undefined) return await this.#askVersion(this.#version, field, value);
    let last: unknown;
    for (const version of VERSIONS) {
      try {
        const reply = await this.#askVersion(version, field, value);
        this.#version = version;
        return reply;
      } catch (error) {
        if (!(error instanceof ReflectionError && error.mayBeOlder)) throw error;
        last = error;
      }
    }
    throw last;
  }

  async #askVersion(version: string, field: number, value: string): Promise<ReflectionResponse> {
    const { server, headers, client, timeoutMs } = this.#target;
    const writer = new MessageWriter();
    writer.writeVarint(field << 3 | FORM.bytes);
    writer.writeText(value);
    const request = {
      ...assembleRequest({
        step: 0,
        method: "POST",
        url: new URL(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, server),
        headers,
        body: frameMessage(writer.written()),
        isRepeated: false,
        memory: null,
        wantsHead: false,
        wantsBody: false,
        wantsCookies: false,
      }, client),
      isCall: true as const,
    };
    const out = new Exchange();
    const reader = new CallReader({
      maxMessageBytes: MAX_REPLY_BYTES,
      isSingle: false,
      keptBytes: MAX_REPLY_BYTES,
    });
    reader.begin();
    out.reset(performance.now(), performance.now());
    out.call = out.stream = reader;
    const timer = setTimeout(() => this.#client.abort(FAILURE.timeout), timeoutMs);
    await this.#client.exchange(request, out);
    clearTimeout(timer);
    const { failure } = out;
    if (failure === FAILURE.grpc_unimplemented || failure === FAILURE.grpc_not_found) {
      throw new ReflectionError("it has no reflection", "missing");
    }
    if (failure !== FAILURE.none) {
      throw new ReflectionError(reasonOf(out), failure === FAILURE.http_status ? "older" : undefined);
    }
    return this.#read(reader);
  }

  #read(reader: CallReader): ReflectionResponse {
    try {
      for (const { bytes, isCompressed } of reader.kept()) {
        const plain = isCompressed ? decompressMessage(bytes, MAX_REPLY_BYTES) : bytes;
        return this.#decoder.decode("Response", plain) as ReflectionResponse;
      }
    } catch (error) {
      if (!(error instanceof MalformedMessageError || error instanceof CompressionError)) throw error;
      throw new ReflectionError(`its reply cannot be read: ${error.message}`);
    }
    throw new ReflectionError("its reply is empty");
  }
}

const NO_FILE: FileDescriptor = { dependency: [], message_type: [], enum_type: [], service: [] };

/** Whether a service is reflection itself. */
function isReflection(service: string): boolean {
  return service.startsWith("grpc.reflection.");
}

function takeFiles(reply: ReflectionResponse, files: Map<string, FileDescriptor>): void {
  for (const base64 of reply.file_descriptor_response?.file_descriptor_proto ?? []) {
    try {
      const file = readFileDescriptor(Uint8Array.fromBase64(base64));
      files.set(file.name ?? "", file);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      throw new ReflectionError(`its description of a file cannot be read: ${error.message}`);
    }
  }
}

/** Why there is no reply, in words. */
function reasonOf({ failure, failureDetail, status }: Exchange): string {
  const { text } = FAILURE_KINDS[failure]!;
  const found = /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
  const isTold = failureDetail === "" || failureDetail.startsWith(text);
  const told = isTold ? found : `${found}: ${failureDetail}`;
  switch (failure) {
    case FAILURE.http_status:
      return `nothing there speaks gRPC (HTTP status ${status})`;
    case FAILURE.grpc_content_type:
      return `nothing there speaks gRPC (${failureDetail})`;
    case FAILURE.protocol:
      return "nothing there speaks HTTP/2, which gRPC needs";
    case FAILURE.http2_protocol:
      return `nothing there speaks HTTP/2, which gRPC needs (${told})`;
    case FAILURE.tls_handshake:
      return `${told}; without TLS it is grpc://`;
    case FAILURE.no_response:
    case FAILURE.truncated:
    case FAILURE.connection_reset:
      return `${told}; perhaps it speaks no HTTP/2, or wants TLS (grpcs://)`;
    default:
      return told;
  }
}

/** Names of files that others need and that are not there. */
function missingOf(files: ReadonlyMap<string, FileDescriptor>): readonly string[] {
  const needed = [...files.values()].flatMap(({ dependency }) => dependency);
  return [...new Set(needed)].filter((name) => !files.has(name));
}
