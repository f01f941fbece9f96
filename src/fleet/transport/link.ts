/**
 * Messages between a node and its master, once they know each other: whole, in order, once each, signed, with a sign of
 * life every second. Over a pipe that loses frames, what was not acknowledged is sent again (go-back-N, as in Tanenbaum's
 * "Computer Networks"). Whoever hears nothing for a while counts the other end as lost.
 *
 * ```text
 * SIGNATURE \n D SEQ ACK MORE \n text      a message, or a part of one: MORE is 1 when another part follows
 * SIGNATURE \n B SEQ ACK \n {"t":…}        a beat, SEQ counted by itself; times for the clock offset
 * SIGNATURE \n X SEQ ACK \n reason         the end
 * ```
 *
 * The difference of the clocks is that of NTP (RFC 5905, section 8), from the beat with the shortest way there and back.
 *
 * @module
 */
import { MAX_FRAME_CHARS, MAX_REASON_CHARS } from "../../lib/size_limits.ts";
import * as v from "valibot";
import { messageOf } from "../../lib/errors.ts";
import { isHandshakeFrame, isProofFrame } from "./handshake.ts";
import type { Transport } from "./transport.ts";
import { isSameText, signatureOf } from "./secret.ts";

/** How a link behaves. */
export interface LinkOptions {
  readonly role: "node" | "master";
  /** Signs and checks frames; absent: the pipe is trusted. */
  readonly key?: string;
  /** Silence after which the other end counts as lost. */
  readonly timeoutMs: number;
  /** Longest message that is accepted, in characters. */
  readonly maxChars: number;
  /** What raises that, for messages. */
  readonly limitedBy?: string;
  /** Said again to a node that repeats its proof, since the first one was lost. */
  readonly welcome?: string;
  /** Time between two beats; 1 s unless a test is in a hurry. */
  readonly beatMs?: number;
}

/** Clock samples taken before a start. */
const SAMPLES = 8;
const SAMPLE_GAP_MS = 20;

/** Largest time that a date can hold: a number beyond it, such as 1e999, would make the clocks' difference infinite. */
const MAX_TIME_MS = 8.64e15;

const time = v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_TIME_MS));

const beatSchema = v.strictObject({
  /** The sender's clock, ms since 1970. */
  t: time,
  /** `t` of the last beat from the other end, and how long ago that came. */
  e: v.exactOptional(time),
  h: v.exactOptional(time),
  /** Answer at once. */
  r: v.exactOptional(v.literal(true)),
});
type Beat = v.InferOutput<typeof beatSchema>;

/** One end of a session. */
export class Link {
  readonly peer: string;
  readonly #transport: Transport;
  readonly #options: LinkOptions;
  readonly #beatMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #sent = 0;
  #received = 0;
  #beatsSent = 0;
  #beatsReceived = 0;
  #parts: string[] = [];
  #partChars = 0;
  #unacknowledged: { readonly seq: number; readonly frame: string }[] = [];
  #sentAtMs = 0;
  #heardAtMs = performance.now();
  #tickedAtMs = performance.now();
  #lastBeat: { readonly t: number; readonly atMs: number } | undefined;
  #clock: { readonly offsetMs: number; readonly roundTripMs: number } | undefined;
  #samples = 0;
  #onSample: () => void = () => {};
  #onMessage: ((text: string) => void) | undefined;
  readonly #waiting: string[] = [];
  #onLost: (reason: string) => void = () => {};
  #lostReason: string | undefined;

  constructor(transport: Transport, options: LinkOptions) {
    this.peer = transport.peer;
    this.#transport = transport;
    this.#options = options;
    this.#beatMs = options.beatMs ?? 1000;
    transport.onFrame((frame) => this.#take(frame));
    transport.onEnd((reason) => this.#lose(reason));
    this.#timer = setInterval(() => this.#tick(), this.#beatMs);
  }

  /** Messages as they come; those that came before, at once. One listener. */
  onMessage(listener: (text: string) => void): void {
    this.#onMessage = listener;
    try {
      for (const text of this.#waiting.splice(0)) listener(text);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** Called once when nothing will come any more; at once if that has happened already. Not called after `close`. */
  onLost(listener: (reason: string) => void): void {
    this.#onLost = listener;
    if (this.#lostReason !== undefined) listener(this.#lostReason);
  }

  /** Sends a message; dropped when the link is over. */
  send(message: string): void {
    for (let at = 0; at === 0 || at < message.length; at += MAX_FRAME_CHARS) {
      const more = at + MAX_FRAME_CHARS < message.length ? 1 : 0;
      const seq = ++this.#sent;
      const frame = `${more}\n${message.slice(at, at + MAX_FRAME_CHARS)}`;
      if (this.#transport.isLossy) {
        if (this.#unacknowledged.length === 0) this.#sentAtMs = performance.now();
        this.#unacknowledged.push({ seq, frame });
      }
      this.#post(`D ${seq} ${this.#received} ${frame}`);
    }
  }

  /** What to add to this end's clock to get the other's, in ms; 0 before any sample. */
  get offsetMs(): number {
    return this.#clock?.offsetMs ?? 0;
  }

  /** Compares the clocks a few times; resolves when done, or when the link is lost. */
  async compareClocks(): Promise<void> {
    this.#samples = 0;
    await new Promise<void>((resolve) => {
      const ask = () => {
        if (this.#samples >= SAMPLES || this.#lostReason !== undefined) return finish();
        this.#beat(true);
      };
      const timer = setInterval(ask, SAMPLE_GAP_MS);
      const finish = () => {
        clearInterval(timer);
        resolve();
      };
      this.#onSample = ask;
      ask();
    });
    this.#onSample = () => {};
  }

  /** Whether the other end has everything that was sent, as far as this pipe tells. */
  get isDelivered(): boolean {
    return this.#unacknowledged.length === 0;
  }

  /** Ends the link and tells the other end why. */
  close(reason: string): void {
    if (this.#lostReason !== undefined) return;
    this.#lostReason = reason;
    clearInterval(this.#timer);
    this.#post(`X 0 ${this.#received} \n${reason.slice(0, MAX_REASON_CHARS)}`);
    this.#transport.close(reason);
  }

  #lose(reason: string): void {
    if (this.#lostReason !== undefined) return;
    this.#lostReason = reason;
    clearInterval(this.#timer);
    this.#transport.close(reason);
    this.#onSample();
    this.#onLost(reason);
  }

  #post(frame: string): void {
    const { key, role } = this.#options;
    this.#transport.send(`${key === undefined ? "" : signatureOf(key, role, frame)}\n${frame}`);
  }

  #tick(): void {
    const nowMs = performance.now();
    // Silence is not the other end's fault while this process itself was stopped.
    const stalledMs = nowMs - this.#tickedAtMs - this.#beatMs;
    this.#tickedAtMs = nowMs;
    if (stalledMs > this.#beatMs) this.#heardAtMs += stalledMs;
    const silentMs = nowMs - this.#heardAtMs;
    if (silentMs > this.#options.timeoutMs) {
      return this.#lose(`nothing heard for ${Math.round(silentMs / 100) / 10} s`);
    }
    if (this.#unacknowledged.length > 0 && nowMs - this.#sentAtMs > 2 * this.#beatMs) this.#sendAgain(nowMs);
    this.#beat(false);
  }

  #sendAgain(nowMs: number): void {
    this.#sentAtMs = nowMs;
    for (const { seq, frame } of this.#unacknowledged) this.#post(`D ${seq} ${this.#received} ${frame}`);
  }

  #beat(wantsResponse: boolean): void {
    const last = this.#lastBeat;
    const nowMs = performance.now();
    const beat: Beat = {
      t: performance.timeOrigin + nowMs,
      ...(last && { e: last.t, h: nowMs - last.atMs }),
      ...(wantsResponse && { r: true as const }),
    };
    this.#post(`B ${++this.#beatsSent} ${this.#received} \n${JSON.stringify(beat)}`);
  }

  #take(frame: string): void {
    if (this.#lostReason !== undefined) return;
    if (isHandshakeFrame(frame)) {
      const { welcome } = this.#options;
      if (welcome !== undefined && isProofFrame(frame)) this.#transport.send(welcome);
      return;
    }
    try {
      this.#read(frame);
    } catch (error) {
      // Anybody may write to a shared server: what is not signed is not there. Elsewhere it is the end.
      if (error instanceof ForgedFrame && this.#transport.isLossy) return;
      this.#giveUp(error);
    }
  }

  /** Ends the link over something unusable, and says so to whoever sent it. */
  #giveUp(error: unknown): void {
    if (this.#lostReason !== undefined) return;
    const problem = messageOf(error).slice(0, MAX_REASON_CHARS);
    this.#post(`X 0 ${this.#received} \nit could not use what it received: ${problem}`);
    this.#lose(`what it sent cannot be used: ${problem}`);
  }

  #read(frame: string): void {
    const lineEnd = frame.indexOf("\n");
    const signature = frame.slice(0, Math.max(0, lineEnd));
    const signed = frame.slice(lineEnd + 1);
    const { key, role } = this.#options;
    if (key !== undefined) {
      const from = role === "node" ? "master" : "node";
      if (!isSameText(signature, signatureOf(key, from, signed))) throw new ForgedFrame("wrong signature");
    }
    const [, kind, seqText, ackText, rest, text] =
      /^([DBX]) (\d{1,15}) (\d{1,15}) ([01]?)\n([^]*)$/.exec(signed) ?? [];
    if (kind === undefined) throw new ForgedFrame("not a frame");
    if (text!.length > MAX_FRAME_CHARS) throw new ForgedFrame("frame too long");
    this.#acknowledge(Number(ackText));
    if (kind === "D") this.#takePart(Number(seqText), { isLast: rest === "0", text: text! });
    else if (kind === "B") this.#takeBeat(Number(seqText), text!);
    else this.#lose(text!.slice(0, MAX_REASON_CHARS));
  }

  #acknowledge(upTo: number): void {
    if (upTo > this.#sent) throw new Error(`message ${upTo} is acknowledged, which was never sent`);
    const left = this.#unacknowledged.findIndex(({ seq }) => seq > upTo);
    if (this.#unacknowledged.length === 0 || left === 0) return;
    this.#unacknowledged = left === -1 ? [] : this.#unacknowledged.slice(left);
    this.#sentAtMs = performance.now();
  }

  #takePart(seq: number, { isLast, text }: { readonly isLast: boolean; readonly text: string }): void {
    if (seq <= this.#received) return;
    if (seq > this.#received + 1) {
      if (this.#transport.isLossy) return;
      throw new Error(`message ${this.#received + 1} is missing`);
    }
    this.#received = seq;
    this.#heardAtMs = performance.now();
    this.#partChars += text.length;
    const { maxChars, limitedBy } = this.#options;
    if (this.#partChars > maxChars) {
      throw new Error(
        `a message of more than ${maxChars} characters${limitedBy === undefined ? "" : ` (${limitedBy})`}`,
      );
    }
    // Else empty parts would be kept without end.
    if (!isLast && text.length !== MAX_FRAME_CHARS) throw new Error("a part that is not full");
    this.#parts.push(text);
    if (!isLast) return;
    const message = this.#parts.length === 1 ? text : this.#parts.join("");
    this.#parts = [];
    this.#partChars = 0;
    if (this.#onMessage === undefined) this.#waiting.push(message);
    else this.#onMessage(message);
  }

  #takeBeat(seq: number, text: string): void {
    if (seq <= this.#beatsReceived) return;
    this.#beatsReceived = seq;
    const nowMs = performance.now();
    this.#heardAtMs = nowMs;
    const { t, e, h, r } = v.parse(beatSchema, JSON.parse(text));
    this.#lastBeat = { t, atMs: nowMs };
    if (e !== undefined && h !== undefined) {
      const now = performance.timeOrigin + nowMs;
      const roundTripMs = now - e - h;
      if (roundTripMs >= 0 && !(this.#clock && this.#clock.roundTripMs < roundTripMs)) {
        this.#clock = { offsetMs: t + roundTripMs / 2 - now, roundTripMs };
      }
      this.#samples++;
      this.#onSample();
    }
    if (r) this.#beat(false);
  }
}

/** A frame that the other end did not send, or not like this. */
class ForgedFrame extends Error {}
