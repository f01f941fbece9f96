/**
 * What came of a call as the user's code sees it: messages are decoded when they are asked for.
 *
 * @module
 */
import type { CallReader } from "../../../client/grpc/call_reader.ts";
import { CompressionError } from "../../../client/grpc/message_frames.ts";
import { statusOfCall } from "../../../client/grpc/status.ts";
import type { Exchange } from "../../../client/exchange/http_client.ts";
import { FAILURE, FAILURE_KINDS } from "../../../metrics/failure.ts";
import { MalformedMessageError } from "../../../protobuf/message_reader.ts";
import type { GrpcReply, GrpcStatus, Timings } from "../../../script.ts";
import type { CallForm } from "../../http/grpc/call_form.ts";

/** A message as it travelled. */
export interface RawMessage {
  readonly bytes: Uint8Array;
  readonly isCompressed: boolean;
}

/** What a reply is made of. */
export interface ReplyParts {
  readonly exchange: Exchange;
  readonly reader: CallReader;
  readonly form: CallForm;
  /** The messages that are there. */
  readonly messages: readonly RawMessage[];
  readonly timings: Timings;
  readonly headersOf: (head: Uint8Array | null) => Headers;
}

/** The reply of one call. */
export class ScriptReply implements GrpcReply {
  readonly status: GrpcStatus | "";
  readonly details: string;
  readonly error?: string;
  readonly timings: Timings;
  readonly #head: Uint8Array | null;
  readonly #form: CallForm;
  readonly #raw: readonly RawMessage[];
  readonly #isCut: boolean;
  readonly #headersOf: ReplyParts["headersOf"];
  #metadata: Headers | undefined;
  #messages: readonly unknown[] | undefined;

  /** Made when the exchange has ended, and before what was expected of it is judged. */
  constructor({ exchange, reader, form, messages, timings, headersOf }: ReplyParts) {
    this.status = statusOfCall(exchange.failure, reader.status) ?? "";
    this.details = reader.status >= 0 ? reader.problem : "";
    if (exchange.failure !== FAILURE.none) this.error = FAILURE_KINDS[exchange.failure]!.name;
    this.timings = timings;
    this.#head = exchange.head;
    this.#form = form;
    this.#raw = messages;
    this.#isCut = reader.isCut;
    this.#headersOf = headersOf;
  }

  get ok(): boolean {
    return this.status === "OK" && this.error === undefined;
  }

  get metadata(): Headers {
    return this.#metadata ??= this.#headersOf(this.#head);
  }

  get message(): unknown {
    return this.messages[0];
  }

  get messages(): readonly unknown[] {
    if (this.#messages !== undefined) return this.#messages;
    if (this.#isCut) {
      throw new SyntaxError(
        `not all messages of the reply were kept (${this.#form.keptBytes} bytes, --body-limit): take them one at a time ` +
          "with grpc.stream",
      );
    }
    return this.#messages = this.#raw.map((message) => decodeRaw(message, this.#form));
  }
}

/** A message as JSON. @throws {SyntaxError} when it is not of its type */
export function decodeRaw({ bytes, isCompressed }: RawMessage, form: CallForm): unknown {
  try {
    return form.decodeMessage(bytes, isCompressed);
  } catch (error) {
    if (!(error instanceof MalformedMessageError || error instanceof CompressionError)) throw error;
    throw new SyntaxError(`the message cannot be read as ${form.spec.response}: ${error.message}`);
  }
}
