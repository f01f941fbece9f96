/**
 * Times the events of one user's streamed responses as their bytes come in, and the tokens in them. Times are those of
 * the clock of exchanges: an event has the time at which its last byte was read.
 *
 * @module
 */
import type { Exchange, ResponseStream } from "../../../client/exchange/http_client.ts";
import type { BodySink } from "../../../client/exchange/body_buffer.ts";
import { FAILURE, FAILURE_KINDS } from "../../../metrics/failure.ts";
import type { GroupRecorder } from "../../../metrics/group_recorder.ts";
import type { GoodputLimits, StreamSpec } from "../../../plan/stream_spec.ts";
import type { StepRecorder } from "../../step_kind.ts";
import { isRecord } from "../../../lib/is_record.ts";
import { JsonDocument } from "../../../template/exact_json.ts";
import type { JsonPath, PathCompiler } from "../../../template/json_location.ts";
import { EventClock } from "./event_clock.ts";
import { EventSplitter, kindOfType } from "./event_splitter.ts";

/** How the streams of OpenAI's API end. */
const END_MARK = "[DONE]";
/** What is shown of something that is no stream. */
const MAX_SHOWN_BYTES = 200;

/** How the streams of one step are read, and where they are counted. */
export interface StreamForm {
  readonly spec: StreamSpec;
  readonly stream: GroupRecorder<"stream">;
  /** Takes an example of what was found in a stream that is none. */
  readonly foundInstead: StepRecorder["foundInstead"];
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
    readonly recorder: Pick<StepRecorder, "group" | "foundInstead">;
    readonly path: PathCompiler;
  },
): StreamForm {
  const stream = recorder.group(step, "stream");
  const { foundInstead } = recorder;
  if (spec.tokens === undefined) return { spec, stream, foundInstead };
  const { countPath, goodput } = spec.tokens;
  const tokens = {
    group: recorder.group(step, "tokens"),
    path: path(spec.tokens.path),
    countPath: countPath === undefined ? null : path(countPath),
    goodput,
  };
  return { spec, stream, foundInstead, tokens };
}

/** Reads streams, one after another. */
export class StreamReader implements ResponseStream {
  copyTo: BodySink | null = null;
  readonly #splitter: EventSplitter;
  readonly #form: StreamForm;
  readonly #out: Exchange;
  #nowMs = 0;
  #isStream = false;
  /** A number of `FAILURE`: why the response is no stream that can be timed, and what it holds instead. */
  #problem: number = FAILURE.none;
  #found = "";
  /** What the start of the body is shown as, where it is no stream by its type; `null`: it is one. */
  #foreignType: string | null = null;
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
    this.#problem = FAILURE.none;
    this.#found = "";
    this.#foreignType = null;
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
    const type = /^content-type:(.*)$/im.exec(head)?.[1]?.trim() ?? "";
    this.#splitter.begin(kind === "auto" ? kindOfType(type) : kind);
    if (kind === "sse" && kindOfType(type) !== "sse") this.#foreignType = type || "no content type";
    const coding = /^content-encoding:(.*)$/im.exec(head)?.[1]?.trim() ?? "";
    if (coding === "" || coding.toLowerCase() === "identity") return;
    this.#problem = FAILURE.stream_coded;
    this.#found = coding;
  }

  append(buffer: Uint8Array, from: number, to: number): void {
    this.copyTo?.append(buffer, from, to);
    if (!this.#isStream || this.#problem === FAILURE.stream_coded) return;
    this.#nowMs = performance.now();
    if (this.#foreignType !== null && this.#found === "" && to > from) {
      const start = new TextDecoder().decode(buffer.subarray(from, Math.min(to, from + MAX_SHOWN_BYTES)));
      this.#found = `${this.#foreignType}: ${start.trim()}`;
    }
    this.#splitter.push(buffer, from, to);
  }

  #takeEvent(data: string): void {
    this.#clock.note(this.#nowMs);
    if (this.#form.tokens !== undefined) this.#lookForTokens(data, this.#nowMs);
  }

  #lookForTokens(data: string, now: number): void {
    const { path, countPath, group: { times, counts } } = this.#form.tokens!;
    let document: JsonDocument;
    try {
      // Numbers need not be exact here.
      document = new JsonDocument("", JSON.parse(data));
    } catch {
      if (data !== END_MARK && data.trim() !== "") counts.unreadable++;
      return;
    }
    const error = this.#problem === FAILURE.none ? errorIn(document.value) : undefined;
    if (error !== undefined) {
      this.#problem = FAILURE.stream_error;
      this.#found = error;
    }
    const count = countPath?.first(document);
    // A 0 comes while nothing is counted yet, or from servers that do not count.
    if (Number.isSafeInteger(count) && count as number > 0) this.#serverCount = count as number;
    if (!hasText(path, document)) return;
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

  /**
   * A whole response is there: what is wrong with it as a stream becomes the exchange's failure. `hide`: takes secrets out
   * of what the server says.
   */
  judge(hide: (text: string) => string): void {
    const out = this.#out;
    if (!this.#isStream || out.failure !== FAILURE.none) return;
    this.#nowMs = out.endMs;
    this.#splitter.finish();
    // A plain stream may be empty, a model's answer may not.
    const isEmpty = this.#clock.events === 0 && this.#form.tokens !== undefined;
    if (this.#problem === FAILURE.none && isEmpty) this.#problem = FAILURE.stream_empty;
    if (this.#problem === FAILURE.none) return;
    out.failure = this.#problem;
    if (this.#found === "") return;
    out.failureDetail = hide(this.#found);
    const { name } = FAILURE_KINDS[this.#problem]!;
    const { foundInstead } = this.#form;
    if (!foundInstead.has(name)) foundInstead.note(name, out.failureDetail);
  }

  /** The exchange has ended: counts what is known of a stream only then. `isGood`: the request is a success. */
  end(isGood: boolean): void {
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

/** Whether an event brings a token: of several places, whichever has text. */
function hasText(path: JsonPath, document: JsonDocument): boolean {
  const first = path.first(document);
  if (first === undefined) return false;
  return isText(first) || path.all(document).some(isText);
}

function isText(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** What an event says of a failure, as the APIs of models do it: in `error`, or as an event of type `error`. */
function errorIn(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const { type, response } = value;
  const error = value.error ?? (isRecord(response) ? response.error : undefined);
  if ((error === undefined || error === null) && type !== "error") return undefined;
  return JSON.stringify(error ?? value).slice(0, MAX_SHOWN_BYTES);
}
