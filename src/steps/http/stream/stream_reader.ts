/**
 * Times the events of one user's streamed responses as their bytes come in, and the tokens in them. Times are those of
 * the clock of exchanges: an event has the time at which its last byte was read.
 *
 * @module
 */
import type { Exchange, ResponseStream } from "../../../client/exchange/http_client.ts";
import type { BodySink } from "../../../client/exchange/body_buffer.ts";
import { FAILURE } from "../../../metrics/failure.ts";
import type { GroupRecorder } from "../../../metrics/group_recorder.ts";
import type { GoodputLimits, StreamSpec } from "../../../plan/stream_spec.ts";
import type { StepRecorder } from "../../step_kind.ts";
import { JsonDocument } from "../../../template/exact_json.ts";
import type { JsonPath, PathCompiler } from "../../../template/json_location.ts";
import { EventClock } from "./event_clock.ts";
import { EventSplitter, kindOfType } from "./event_splitter.ts";

/** How the streams of one step are read, and where they are counted. */
export interface StreamForm {
  readonly spec: StreamSpec;
  readonly stream: GroupRecorder<"stream">;
  /** Absent: no tokens are looked for. */
  readonly tokens?: {
    readonly group: GroupRecorder<"tokens">;
    readonly path: JsonPath;
    readonly countPath: JsonPath | null;
    readonly goodput: GoodputLimits | undefined;
  };
}

/** Gets the streams of a step ready to be read. @throws {UsageError} when a path is malformed */
export function compileStream(
  spec: StreamSpec,
  { step, recorder, path }: {
    readonly step: number;
    readonly recorder: Pick<StepRecorder, "group">;
    readonly path: PathCompiler;
  },
): StreamForm {
  const stream = recorder.group(step, "stream");
  if (spec.tokens === undefined) return { spec, stream };
  const { countPath, goodput } = spec.tokens;
  const tokens = {
    group: recorder.group(step, "tokens"),
    path: path(spec.tokens.path),
    countPath: countPath === undefined ? null : path(countPath),
    goodput,
  };
  return { spec, stream, tokens };
}

/** Reads streams, one after another. */
export class StreamReader implements ResponseStream {
  copyTo: BodySink | null = null;
  readonly #splitter: EventSplitter;
  readonly #form: StreamForm;
  readonly #out: Exchange;
  #nowMs = 0;
  #isStream = false;
  readonly #clock: EventClock;
  #tokens = 0;
  #firstTokenMs = 0;
  #lastTokenMs = 0;
  #longestItlMs = 0;
  /** The server's own count; −1: it gave none. */
  #serverCount = -1;

  /** `out` is the exchange of the user's requests. */
  constructor(form: StreamForm, out: Exchange) {
    this.#form = form;
    this.#out = out;
    this.#clock = new EventClock(form.stream, out);
    this.#splitter = new EventSplitter((data) => this.#takeEvent(data), form.tokens !== undefined);
  }

  /** A request is about to be sent. */
  begin(): void {
    this.#isStream = false;
    this.#clock.begin();
    this.#tokens = this.#longestItlMs = 0;
    this.#serverCount = -1;
  }

  takeHead(buffer: Uint8Array, from: number, to: number): void {
    const head = new TextDecoder("latin1").decode(buffer.subarray(from, to));
    const status = Number(/^\S+ (\d{3})/.exec(head)?.[1] ?? this.#out.status);
    // The body of an error or a redirect is no stream, whatever it looks like.
    this.#isStream = status >= 200 && status < 300 && status !== 204;
    if (!this.#isStream) return;
    this.#clock.open();
    const { kind } = this.#form.spec;
    this.#splitter.begin(kind === "auto" ? kindOfType(/^content-type:(.*)$/im.exec(head)?.[1] ?? "") : kind);
  }

  append(buffer: Uint8Array, from: number, to: number): void {
    this.copyTo?.append(buffer, from, to);
    if (!this.#isStream) return;
    this.#nowMs = performance.now();
    this.#splitter.push(buffer, from, to);
  }

  #takeEvent(data: string): void {
    this.#clock.note(this.#nowMs);
    if (this.#form.tokens !== undefined) this.#lookForTokens(data, this.#nowMs);
  }

  #lookForTokens(data: string, now: number): void {
    const { path, countPath, group: { times } } = this.#form.tokens!;
    let document: JsonDocument;
    try {
      document = new JsonDocument(data);
    } catch {
      // Such as the [DONE] at the end.
      return;
    }
    const count = countPath?.first(document);
    if (typeof count === "number") this.#serverCount = count;
    const token = path.first(document);
    if (token === undefined || token === null || token === "") return;
    if (this.#tokens === 0) {
      this.#firstTokenMs = now;
      times.ttft.record((now - this.#out.dueMs) * 1000);
    } else {
      times.itl.record((now - this.#lastTokenMs) * 1000);
      this.#longestItlMs = Math.max(this.#longestItlMs, now - this.#lastTokenMs);
    }
    this.#tokens++;
    this.#lastTokenMs = now;
  }

  /** The exchange has ended: counts what is known of a stream only then. `isGood`: the request is a success. */
  end(isGood: boolean): void {
    const out = this.#out;
    this.#nowMs = out.endMs;
    if (this.#isStream && out.failure === FAILURE.none) this.#splitter.finish();
    this.#clock.end(this.#isStream);
    if (this.#form.tokens !== undefined) this.#endTokens(isGood);
  }

  #endTokens(isGood: boolean): void {
    const { group, goodput } = this.#form.tokens!;
    const out = this.#out;
    const isEnded = out.failure !== FAILURE.unfinished;
    const count = this.#serverCount >= 0 ? this.#serverCount : this.#tokens;
    group.counts.tokens += count;
    if (this.#tokens === 0 && (this.#isStream || out.failure !== FAILURE.none)) {
      group.times.noToken.record((out.endMs - out.dueMs) * 1000);
    }
    const spanMs = this.#lastTokenMs - this.#firstTokenMs;
    const tpotMs = this.#tokens > 1 && count > 1 ? spanMs / (count - 1) : 0;
    if (isEnded && tpotMs > 0) group.times.tpot.record(tpotMs * 1000);
    if (goodput === undefined || !isEnded) return;
    group.counts.judged++;
    const isWithin = (ms: number, limitMs = Infinity) => ms <= limitMs;
    const ttftMs = this.#tokens > 0 ? this.#firstTokenMs - out.dueMs : Infinity;
    if (
      isGood && isWithin(ttftMs, goodput.ttftMs) && isWithin(tpotMs, goodput.tpotMs) &&
      isWithin(this.#longestItlMs, goodput.itlMs) && isWithin(out.endMs - out.dueMs, goodput.e2eMs)
    ) group.counts.good++;
  }
}
