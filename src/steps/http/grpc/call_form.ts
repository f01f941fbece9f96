/**
 * The calls of one step, ready to be made: how their messages are written and read.
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import type { CallReader } from "../../../client/grpc/call_reader.ts";
import {
  CompressionError,
  decompressMessage,
  frameMessage,
  PREFIX_BYTES,
  putPrefix,
} from "../../../client/grpc/message_frames.ts";
import { MAX_FILE_BYTES } from "../../../lib/size_limits.ts";
import type { GroupRecorder } from "../../../metrics/group_recorder.ts";
import type { GrpcSpec } from "../../../plan/grpc/grpc_spec.ts";
import { MessageDecoder } from "../../../protobuf/decode_message.ts";
import { MessageEncoder } from "../../../protobuf/encode_message.ts";
import { MessageError } from "../../../protobuf/message_error.ts";
import type { MessageForm } from "../../../protobuf/message_form.ts";
import { MalformedMessageError } from "../../../protobuf/message_reader.ts";
import { MessageWriter } from "../../../protobuf/message_writer.ts";
import { parseExactJson } from "../../../template/exact_json.ts";
import type { Parts } from "../../../template/template.ts";
import type { StepRecorder } from "../../step_kind.ts";
import { messageTemplate } from "./message_template.ts";

/** Messages of a response as a JSON value, or what is wrong with them. */
export type DecodedReply = { readonly value: unknown } | { readonly problem: string };

/** The calls of one step. */
export class CallForm {
  readonly spec: GrpcSpec;
  /** Most bytes of messages that are kept to be looked at; 0: none. */
  readonly keptBytes: number;
  /** Where the messages of responses are timed; `null`: a response has one. */
  readonly stream: GroupRecorder<"stream"> | null;
  /** Where statuses are counted; `null`: who makes the calls counts them. */
  readonly statuses: GroupRecorder<"grpc"> | null;
  readonly #encoder: MessageEncoder;
  readonly #decoder: MessageDecoder;
  readonly #writer = new MessageWriter();

  constructor(
    spec: GrpcSpec,
    { keptBytes, stream, statuses }: Pick<CallForm, "keptBytes" | "stream" | "statuses">,
  ) {
    this.spec = spec;
    this.keptBytes = keptBytes;
    this.stream = stream;
    this.statuses = statuses;
    this.#encoder = new MessageEncoder(spec.types);
    this.#decoder = new MessageDecoder(spec.types);
  }

  /**
   * The body of a request whose messages are this JSON; `isFilled`: values were put into it. Without a copy when it is one
   * message: then it is valid until the next call.
   *
   * @throws {MessageError} when it does not fit
   */
  encode(json: string, isFilled: boolean): Uint8Array {
    const { request, streamsRequests, compressed = false } = this.spec;
    const value = parseMessage(json);
    if (streamsRequests !== true && !compressed) {
      this.#writer.begin(PREFIX_BYTES);
      this.#encoder.encode(request, value, this.#writer, isFilled);
      const framed = this.#writer.written();
      putPrefix(framed, 0, framed.length - PREFIX_BYTES, false);
      return framed;
    }
    const messages: readonly unknown[] = streamsRequests === true && Array.isArray(value) ? value : [value];
    const frames = messages.map((message, i) => {
      this.#writer.begin();
      try {
        this.#encoder.encode(request, message, this.#writer, isFilled);
      } catch (error) {
        throw error instanceof MessageError && messages.length > 1 ? error.within(i) : error;
      }
      return frameMessage(this.#writer.written(), compressed);
    });
    return concat(frames);
  }

  /**
   * What puts the body of a request together from these values of its JSON text; `null`: each is read and written anew. The
   * body is valid until the writer's next message.
   */
  compile(parts: Parts): ((values: readonly string[], writer: MessageWriter) => Uint8Array) | null {
    const { request, streamsRequests, compressed = false } = this.spec;
    if (streamsRequests === true || compressed) return null;
    const encoder = this.#encoder;
    let form: MessageForm<readonly string[]>;
    try {
      const template = messageTemplate(parts);
      if (template === undefined) return null;
      form = encoder.formOf(request, template);
    } catch (error) {
      // It is told with its place when the first request is made.
      if (error instanceof MessageError || error instanceof SyntaxError) return null;
      throw error;
    }
    return (values, writer) => {
      writer.begin(PREFIX_BYTES);
      encoder.beginFilling();
      form.write(writer, values);
      const framed = writer.written();
      putPrefix(framed, 0, framed.length - PREFIX_BYTES, false);
      return framed;
    };
  }

  /** A message of code, ready to be sent. @throws {MessageError} when it does not fit */
  encodeValue(value: unknown, isCompressed = this.spec.compressed === true): Uint8Array {
    this.#writer.begin(isCompressed ? 0 : PREFIX_BYTES);
    this.#encoder.encode(this.spec.request, value, this.#writer);
    const written = this.#writer.written();
    if (isCompressed) return frameMessage(written, true);
    const framed = written.slice();
    putPrefix(framed, 0, framed.length - PREFIX_BYTES, false);
    return framed;
  }

  /** One message as JSON, as it travelled. @throws {MalformedMessageError | CompressionError} */
  decodeMessage(bytes: Uint8Array, isCompressed: boolean): unknown {
    const plain = isCompressed ? decompressMessage(bytes, this.spec.maxMessageBytes) : bytes;
    return this.#decoder.decode(this.spec.response, plain);
  }

  /** What a reader has kept of a response. */
  decode(reader: CallReader): DecodedReply {
    try {
      const messageAt = (i: number) => this.decodeMessage(reader.keptAt(i), reader.isCompressedAt(i));
      const count = reader.keptMessages;
      if (this.spec.streamsResponses !== true) return { value: count === 0 ? null : messageAt(0) ?? null };
      return { value: Array.from({ length: count }, (_, i) => messageAt(i)) };
    } catch (error) {
      if (error instanceof MalformedMessageError || error instanceof CompressionError) {
        return { problem: error.message };
      }
      throw error;
    }
  }
}

/** The messages of a body that {@linkcode CallForm.encode} made, as JSON text. */
export function sentMessages(
  body: Uint8Array,
  spec: Pick<GrpcSpec, "types" | "request"> & { readonly streamsRequests?: true | undefined },
): Uint8Array {
  const decoder = new MessageDecoder(spec.types);
  const values: unknown[] = [];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at < body.length;) {
    const from = at + PREFIX_BYTES;
    at = from + view.getUint32(at + 1);
    const bytes = body.subarray(from, at);
    values.push(
      decoder.decode(
        spec.request,
        body[from - PREFIX_BYTES] === 1 ? decompressMessage(bytes, MAX_FILE_BYTES) : bytes,
      ),
    );
  }
  return new TextEncoder().encode(JSON.stringify(spec.streamsRequests === true ? values : values[0]));
}

/** A message as JSON; nothing at all is a message without fields. */
export function parseMessage(json: string): unknown {
  if (json.trim() === "") return {};
  try {
    return parseExactJson(json);
  } catch (error) {
    throw new MessageError(`not JSON: ${(error as Error).message}`);
  }
}

/** Gets the calls of a step ready. `keptBytes`: most bytes of messages that are looked at. */
export function compileCall(
  spec: GrpcSpec,
  { step, recorder, keptBytes }: {
    readonly step: number;
    readonly recorder: Pick<StepRecorder, "group">;
    readonly keptBytes: number;
  },
): CallForm {
  const stream = spec.streamsResponses === true ? recorder.group(step, "stream") : null;
  return new CallForm(spec, { keptBytes, stream, statuses: recorder.group(step, "grpc") });
}
