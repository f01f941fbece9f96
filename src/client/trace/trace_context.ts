/**
 * The trace context of sampled requests (W3C Trace Context, levels 1 and 2), with the share in `tracestate` as
 * OpenTelemetry's consistent probability sampling has it: who samples a smaller share further on keeps a subset of the
 * same traces.
 *
 * @module
 */
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";

/** Digits of the threshold behind its leading `f`s, as OpenTelemetry recommends; a double has 13 in all. */
const DIGITS = 4, MAX_DIGITS = 12;
/** Randomness that decides: 56 bits, of which a double has 52. */
const DECIDING_BITS = 2 ** 52;
/** Version 0; sampled, and the trace id is random. */
const VERSION = "00", FLAGS = "03";

/** Bytes of a trace id that decide nothing, of a span id, and one whose half ends the randomness. */
const OTHER_BYTES = 9, SPAN_BYTES = 8;
const BYTES = OTHER_BYTES + SPAN_BYTES + 1;
/** Random bytes come for so many requests at a time. */
const REQUESTS_A_DRAW = 128;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * The rejection threshold of a share: hexadecimal digits without the zeros behind them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([1, 0.5, 0.1, 0.01, 0.001].map(thresholdOf), ["0", "8", "e666", "fd70a", "ffbe77"]);
 * ```
 */
export function thresholdOf(share: number): string {
  if (share >= 1) return "0";
  const leading = Math.max(0, Math.floor(-(Math.floor(Math.log2(share)) + 1) / 4));
  const digits = Math.min(MAX_DIGITS, DIGITS + leading);
  const scale = 16 ** digits;
  // A share so small that it rounds to none is the smallest that there is.
  const rejected = Math.min(scale - 1, Math.round((1 - share) * scale));
  return rejected.toString(16).padStart(digits, "0").replace(/0+$/, "") || "0";
}

/** What decides for the requests of a share; `undefined`: none is sampled. */
export function samplerOf({ traceRatio = 0 }: Pick<ClientSpec, "traceRatio">): TraceSampler | undefined {
  return traceRatio === 0 ? undefined : new TraceSampler(traceRatio);
}

/** Where the `traceparent` of a request is kept that was sampled; empty: it was not. */
interface Traced {
  traceParent: string;
}

/** The fields of a request that was drawn, its trace context among them. A context that the user gave stays. */
export function tracedHeaders(
  headers: readonly HeaderLine[],
  sampler: TraceSampler,
  out: Traced,
): readonly HeaderLine[] {
  const given = fieldNamed(headers, "traceparent");
  if (given !== undefined) {
    if (idsOf(given[1]) !== undefined) out.traceParent = given[1].trim();
    return headers;
  }
  out.traceParent = sampler.parent();
  return withContext(headers, sampler, out.traceParent);
}

/** The fields with a context. */
export function withContext(
  headers: readonly HeaderLine[],
  { state }: TraceSampler,
  parent: string,
): readonly HeaderLine[] {
  const hasState = fieldNamed(headers, "tracestate") !== undefined;
  return [...headers, ["traceparent", parent], ...(hasState ? [] : [["tracestate", state] as const])];
}

/** Decides which requests are sampled, and makes their fields. */
export class TraceSampler {
  /** For the `tracestate` field. */
  readonly state: string;
  readonly #rejected: number;
  readonly #pool = new Uint8Array(BYTES * REQUESTS_A_DRAW);
  #at = this.#pool.length;
  #drawn = 0;

  /** `share`: above 0 up to 1. */
  constructor(share: number) {
    const threshold = thresholdOf(share);
    this.state = `ot=th:${threshold}`;
    this.#rejected = Number.parseInt(threshold, 16) / 16 ** threshold.length;
  }

  /** Whether the next request is sampled. */
  draw(): boolean {
    this.#drawn = Math.random();
    return this.#drawn >= this.#rejected;
  }

  /** A `traceparent` for the request that was drawn: the randomness that decided is the end of its trace id. */
  parent(): string {
    if (this.#at === this.#pool.length) {
      crypto.getRandomValues(this.#pool);
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += BYTES;
    const decided = Math.floor(this.#drawn * DECIDING_BITS).toString(16).padStart(13, "0");
    const other = this.#hex(from, OTHER_BYTES);
    const last = HEX[this.#pool[from + OTHER_BYTES + SPAN_BYTES]!]![0]!;
    const span = this.#hex(from + OTHER_BYTES, SPAN_BYTES);
    return `${VERSION}-${other}${decided}${last}-${span}-${FLAGS}`;
  }

  #hex(from: number, bytes: number): string {
    let text = "";
    for (let i = from; i < from + bytes; i++) text += HEX[this.#pool[i]!]!;
    return text;
  }
}

const PARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:$|-)/;

/** The ids of a `traceparent` that says "sampled"; `undefined` for any other. */
export function idsOf(parent: string): { readonly traceId: string; readonly spanId: string } | undefined {
  const [, traceId, spanId, flags] = PARENT.exec(parent.trim()) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return (Number.parseInt(flags!, 16) & 1) === 1 ? { traceId, spanId } : undefined;
}

/** Whether one of the fields has a name, which is given in lower case. */
function fieldNamed(headers: readonly HeaderLine[], name: string): HeaderLine | undefined {
  return headers.find(([own]) => own.length === name.length && own.toLowerCase() === name);
}
