/**
 * Reads the response of a gRPC call as it comes in: messages, and the status behind them. Whatever a server sends, it ends
 * in a status or in a failure that has a name. One user has one and uses it for one call after the other.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import type { BodySink } from "../exchange/body_buffer.ts";
import type { ResponseStream } from "../exchange/http_client.ts";
import { PREFIX_BYTES } from "./message_frames.ts";
import { isGrpcType, readResponseFields, type ResponseFields } from "./response_fields.ts";
import { failureOfStatus, GRPC_STATUSES } from "./status.ts";

/** How the responses of a method are read. */
export interface CallRules {
  /** The largest message that is accepted, as it travels. */
  readonly maxMessageBytes: number;
  /** The method has one message in its response, which has to be there when all is well. */
  readonly isSingle: boolean;
  /** Most bytes of messages that are kept to be looked at; 0: none. */
  readonly keptBytes: number;
  /** Is told of every message that is whole. */
  readonly onMessage?: () => void;
  /** Takes every message as it travelled, in place of keeping it. The bytes are its own. */
  readonly deliver?: (bytes: Uint8Array, isCompressed: boolean) => void;
}

const STATUS_OK = 0;
const NO_STATUS = -1;
const ERROR_STATUS = 400;

/** Reads calls. */
export class CallReader implements ResponseStream {
  copyTo: BodySink | null = null;
  /** What is wrong with what has come so far; a number of `FAILURE`. */
  failure: number = FAILURE.none;
  /** More about the failure, or empty. */
  problem = "";
  /** Messages that came whole. */
  messages = 0;
  /** The call's status; −1: there was none. */
  status = NO_STATUS;
  /** More was sent than is kept. */
  isCut = false;
  readonly #rules: CallRules;
  #httpStatus = 0;
  #isPlain = false;
  #isGrpc = false;
  #isGzip = false;
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  #prefixBytes = 0;
  /** Bytes of the message under way that are still to come. */
  #left = 0;
  #isInMessage = false;
  #kept = new Uint8Array(0);
  #keptBytes = 0;
  /** Where kept messages end, and whether they are compressed. */
  readonly #ends: number[] = [];
  readonly #compressed: boolean[] = [];
  #isKeeping = false;

  constructor(rules: CallRules) {
    this.#rules = rules;
  }

  /** A call is about to be made. */
  begin(): void {
    this.failure = FAILURE.none;
    this.problem = "";
    this.messages = 0;
    this.status = NO_STATUS;
    this.isCut =
      this.#isGzip =
      this.#isInMessage =
      this.#isPlain =
      this.#isGrpc =
        false;
    this.#httpStatus =
      this.#prefixBytes =
      this.#left =
      this.#keptBytes =
        0;
    this.#ends.length = this.#compressed.length = 0;
  }

  /** The head says nothing but that messages follow, so that the same one again says the same. */
  get isPlainHead(): boolean {
    return this.#isPlain;
  }

  /** The trailers say nothing but that all is well. */
  get isPlainEnd(): boolean {
    return this.status === STATUS_OK && this.#isGrpc && this.problem === "";
  }

  takeHead(buffer: Uint8Array, from: number, to: number): void {
    const fields = readResponseFields(buffer.subarray(from, to));
    this.#httpStatus = fields.httpStatus;
    this.#takeStatus(fields);
    this.#isGrpc = isGrpcType(fields.contentType);
    if (!this.#isGrpc && fields.status === undefined) {
      if (this.#httpStatus < ERROR_STATUS) {
        const found = fields.contentType === undefined
          ? "no content type"
          : `content type ${fields.contentType}`;
        this.#fail(FAILURE.grpc_content_type, found);
      }
      return;
    }
    const { encoding = "identity" } = fields;
    this.#isGzip = encoding === "gzip";
    if (!this.#isGzip && encoding !== "identity") {
      this.#fail(FAILURE.grpc_encoding, `compressed as ${encoding}, which was not asked for`);
    }
    this.#isPlain = this.#isGrpc && !this.#isGzip && fields.status === undefined &&
      this.failure === FAILURE.none &&
      this.#httpStatus === 200;
  }

  /** The head is one that was plain. */
  takeKnownHead(): void {
    this.#httpStatus = 200;
    this.#isGrpc = this.#isPlain = true;
  }

  takeTrailers(text: Uint8Array): void {
    this.#takeStatus(readResponseFields(text));
  }

  /** The trailers are ones that were plain. */
  takeKnownTrailers(): void {
    this.status = STATUS_OK;
  }

  #takeStatus({ status, message }: ResponseFields): void {
    if (status === undefined) return;
    if (!/^\d{1,5}$/.test(status)) {
      return this.#fail(FAILURE.grpc_no_status, `grpc-status is not a number`);
    }
    this.status = Number(status);
    this.problem = GRPC_STATUSES[this.status] === undefined
      ? `grpc-status ${status}${message === "" ? "" : `: ${message}`}`
      : message;
  }

  append(buffer: Uint8Array, from: number, to: number): void {
    this.copyTo?.append(buffer, from, to);
    if (!this.#isGrpc) return;
    let at = from;
    while (at < to && this.failure === FAILURE.none) {
      at = this.#isInMessage ? this.#takePart(buffer, at, to) : this.#takePrefix(buffer, at, to);
    }
  }

  #takePrefix(buffer: Uint8Array, from: number, to: number): number {
    if (this.#prefixBytes === 0 && to - from >= PREFIX_BYTES) {
      this.#beginMessage(buffer, from);
      return from + PREFIX_BYTES;
    }
    let at = from;
    while (at < to && this.#prefixBytes < PREFIX_BYTES) this.#prefix[this.#prefixBytes++] = buffer[at++]!;
    if (this.#prefixBytes === PREFIX_BYTES) {
      this.#prefixBytes = 0;
      this.#beginMessage(this.#prefix, 0);
    }
    return at;
  }

  #beginMessage(bytes: Uint8Array, at: number): void {
    const flag = bytes[at]!;
    const length = bytes[at + 1]! * 2 ** 24 + (bytes[at + 2]! << 16 | bytes[at + 3]! << 8 | bytes[at + 4]!);
    const { maxMessageBytes, isSingle, keptBytes } = this.#rules;
    if (flag > 1) return this.#fail(FAILURE.grpc_protocol, `a message begins with ${flag}, not 0 or 1`);
    if (flag === 1 && !this.#isGzip) {
      return this.#fail(FAILURE.grpc_encoding, "a message is compressed, and no grpc-encoding says how");
    }
    if (length > maxMessageBytes) {
      return this.#fail(
        FAILURE.grpc_too_large,
        `a message of ${length} bytes, ${maxMessageBytes} are accepted`,
      );
    }
    if (isSingle && this.messages === 1) {
      return this.#fail(FAILURE.grpc_protocol, "a second message in the response of a unary method");
    }
    const isDelivered = this.#rules.deliver !== undefined;
    this.#isKeeping = isDelivered || (keptBytes > 0 && !this.isCut && this.#keptBytes + length <= keptBytes);
    if (keptBytes > 0 && !this.#isKeeping) this.isCut = true;
    if (this.#isKeeping) {
      this.#reserve(length);
      this.#compressed.push(flag === 1);
    }
    this.#left = length;
    this.#isInMessage = true;
    if (length === 0) this.#endMessage();
  }

  #takePart(buffer: Uint8Array, from: number, to: number): number {
    const count = Math.min(this.#left, to - from);
    if (this.#isKeeping) {
      this.#kept.set(buffer.subarray(from, from + count), this.#keptBytes);
      this.#keptBytes += count;
    }
    this.#left -= count;
    if (this.#left === 0) this.#endMessage();
    return from + count;
  }

  #endMessage(): void {
    this.#isInMessage = false;
    this.messages++;
    this.#rules.onMessage?.();
    if (!this.#isKeeping) return;
    const { deliver } = this.#rules;
    if (deliver === undefined) this.#ends.push(this.#keptBytes);
    else {
      const bytes = this.#kept.slice(0, this.#keptBytes);
      this.#keptBytes = 0;
      deliver(bytes, this.#compressed.pop()!);
    }
  }

  #reserve(count: number): void {
    const needed = this.#keptBytes + count;
    if (needed <= this.#kept.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#kept.length * 2));
    grown.set(this.#kept.subarray(0, this.#keptBytes));
    this.#kept = grown;
  }

  #fail(failure: number, problem: string): void {
    if (this.failure !== FAILURE.none) return;
    this.failure = failure;
    this.problem = problem;
  }

  /** The response is complete: the failure that it is, or 0. */
  complete(): number {
    if (this.failure !== FAILURE.none) return this.failure;
    if (this.status > STATUS_OK) return failureOfStatus(this.status);
    if (this.status === NO_STATUS) {
      // What stands in front of a server may respond for it; then its status says more.
      if (this.#httpStatus >= ERROR_STATUS) return FAILURE.http_status;
      this.#fail(FAILURE.grpc_no_status, "");
    } else if (this.#isInMessage || this.#prefixBytes > 0) this.#fail(FAILURE.grpc_cut, "");
    else if (this.#rules.isSingle && this.messages === 0) {
      this.#fail(FAILURE.grpc_protocol, "the status is OK, and there is no message");
    }
    return this.failure;
  }

  /** How many messages were kept. */
  get keptMessages(): number {
    return this.#ends.length;
  }

  /** One of them, as it travelled; valid until the next call. */
  keptAt(i: number): Uint8Array {
    return this.#kept.subarray(i === 0 ? 0 : this.#ends[i - 1], this.#ends[i]);
  }

  /** Whether it is compressed. */
  isCompressedAt(i: number): boolean {
    return this.#compressed[i]!;
  }

  /** The messages that were kept, as they travelled; valid until the next call. */
  *kept(): Iterable<{ readonly bytes: Uint8Array; readonly isCompressed: boolean }> {
    for (let i = 0; i < this.#ends.length; i++) {
      yield { bytes: this.keptAt(i), isCompressed: this.isCompressedAt(i) };
    }
  }
}
