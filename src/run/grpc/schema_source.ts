/**
 * Where the schemas of calls come from: `.proto` files, descriptor sets, or the servers themselves.
 *
 * @module
 */
import { fileReason, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { addFile, readDescriptorSet } from "../../protobuf/read_descriptors.ts";
import { readProtos } from "../../protobuf/read_protos.ts";
import { ProtoSchema } from "../../protobuf/schema.ts";
import { MalformedMessageError } from "../../protobuf/message_reader.ts";
import { Reflection, ReflectionError } from "./reflection.ts";

/** Files that describe services. */
export interface SchemaFiles {
  readonly protos: readonly string[];
  /** Folders that imports are relative to. */
  readonly folders: readonly string[];
  /** Descriptor sets. */
  readonly sets: readonly string[];
}

/** What schemas are found with. */
export interface SchemaContext {
  readonly files: SchemaFiles;
  readFile(path: string): Promise<Uint8Array>;
  /** How servers are asked. */
  makeClient(): Promise<ClientSpec>;
  readonly headers: readonly HeaderLine[];
}

/** Longest wait for a reply of a server's reflection. */
const MAX_REPLY_MS = 10_000;

const HINT =
  "name a .proto file with --proto, or a descriptor set with --protoset (in a scenario file: proto, protoset)";

/** Finds schemas, each once. */
export class SchemaSource {
  readonly #context: SchemaContext;
  #own: Promise<ProtoSchema> | undefined;
  readonly #asked = new Map<string, Promise<ProtoSchema>>();

  constructor(context: SchemaContext) {
    this.#context = context;
  }

  /** Files say what there is: no server is asked. */
  get hasFiles(): boolean {
    const { protos, sets } = this.#context.files;
    return protos.length + sets.length > 0;
  }

  /** What the files describe. @throws {UsageError} */
  readOwn(): Promise<ProtoSchema> {
    return this.#own ??= readFiles(this.#context);
  }

  /** The schema of a service; of `server`, `http:` or `https:`, if no files describe it. @throws {UsageError} */
  readSchema(server: URL, service: string): Promise<ProtoSchema> {
    if (this.hasFiles) return this.readOwn();
    const key = `${server.origin} ${service}`;
    const known = this.#asked.get(key) ?? this.ask(server, (reflection) => reflection.readSchema(service));
    this.#asked.set(key, known);
    return known;
  }

  /** All services: of the files, else of a server. @throws {UsageError} */
  readAll(server: URL): Promise<ProtoSchema> {
    return this.hasFiles ? this.readOwn() : this.ask(server, (reflection) => reflection.readAll());
  }

  /** Asks a server. @throws {UsageError} when it does not reply */
  async ask<T>(server: URL, question: (reflection: Reflection) => Promise<T>): Promise<T> {
    const client = await this.#context.makeClient();
    const { headers } = this.#context;
    const timeoutMs = Math.min(MAX_REPLY_MS, client.timeoutMs);
    const reflection = new Reflection({ server, client, headers, timeoutMs });
    try {
      return await question(reflection);
    } catch (error) {
      if (!(error instanceof ReflectionError)) throw error;
      const reason = escapeTerminal(error.message);
      const hint = error.isMissing ? `; ${HINT}` : error.mayBeOlder ? `; if something does, ${HINT}` : "";
      throw new UsageError(`Cannot ask ${server.host} for its services: ${reason}${hint}`);
    } finally {
      reflection.close();
    }
  }
}

async function readFiles(
  { files: { protos, folders, sets }, readFile }: SchemaContext,
): Promise<ProtoSchema> {
  const schema = protos.length === 0 ? new ProtoSchema() : await readProtos({
    files: protos,
    folders,
    readText: async (path) => textOf(await readOptional(path, readFile)),
  });
  for (const path of sets) {
    const named = `--protoset "${escapeTerminal(path)}"`;
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      throw new UsageError(`Cannot read ${named}: ${escapeTerminal(fileReason(error))}`);
    }
    try {
      for (const file of readDescriptorSet(bytes)) addFile(schema, file);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      throw new UsageError(
        `Cannot read ${named}: it is not a descriptor set (${error.message}); expected what protoc --descriptor_set_out or buf build writes`,
      );
    }
  }
  return schema;
}

/** A file that need not be there. */
async function readOptional(
  path: string,
  readFile: SchemaContext["readFile"],
): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length > MAX_TEXT_BYTES) throw new UsageError(`it has more than ${MAX_TEXT_BYTES / 2 ** 20} MiB`);
  return new TextDecoder().decode(bytes);
}
