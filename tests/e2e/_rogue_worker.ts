/** Workers that know the secret and then do as they like. */
import { MAX_FRAME_CHARS } from "../../src/lib/size_limits.ts";
import { callMaster } from "../../src/fleet/transport/websocket_transport.ts";
import { introduce } from "../../src/fleet/transport/handshake.ts";
import { signatureOf } from "../../src/fleet/transport/secret.ts";
import type { Transport } from "../../src/fleet/transport/transport.ts";
import { EMPTY_SNAPSHOT, EMPTY_STEP_STATS } from "../../src/metrics/snapshot.ts";
import { snapshotText } from "../../src/metrics/snapshot_codec.ts";

/** One of them; it gives signs of life until it is closed. */
export class RogueWorker {
  readonly #transport: Transport;
  readonly #key: string;
  readonly #timer: ReturnType<typeof setInterval>;
  #seq = 0;
  #beats = 0;

  private constructor(transport: Transport, key: string) {
    this.#transport = transport;
    this.#key = key;
    this.#timer = setInterval(() => this.beat(`{"t":${Date.now()}}`), 500);
    transport.onEnd(() => clearInterval(this.#timer));
  }

  static async join(port: number, secret: string, name: string): Promise<RogueWorker> {
    const transport = await callMaster(`ws://127.0.0.1:${port}`, []);
    const { key } = await introduce(transport, { name, threads: 1 }, { secret, timeoutMs: 10_000 });
    return new RogueWorker(transport, key!);
  }

  /** Resolves with the first frame that is more than a sign of life. */
  ordered(): Promise<string> {
    return new Promise((resolve) =>
      this.#transport.onFrame((frame) => {
        if (frame.includes("\nD ")) resolve(frame);
      })
    );
  }

  /** Sends a message in one part. */
  say(text: string, { seq = ++this.#seq, more = 0 } = {}): void {
    this.#post(`D ${seq} 0 ${more}\n${text}`);
  }

  notice(notice: unknown, run = 1): void {
    this.say(snapshotText({ kind: "notice", run, notice }));
  }

  beat(text: string): void {
    this.#post(`B ${++this.#beats} 0 \n${text}`);
  }

  raw(frame: string): void {
    this.#transport.send(frame);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#transport.close("done");
  }

  #post(signed: string): void {
    this.raw(`${signatureOf(this.#key, "node", signed)}\n${signed}`);
  }
}

/** What one does when it was given the plan, and what the master says of it. */
export type RogueWorkerPlay = readonly [name: string, play: (worker: RogueWorker) => void, expected: RegExp];

const ready = { kind: "ready" };
const bomb = { count: 1, min: 1, max: 4e9, sum: 1, sumOfSquares: 1, buckets: "1:1" };
const step = { ...EMPTY_STEP_STATS, latency: bomb };
const done = (lost: unknown) => ({
  kind: "done",
  report: { health: { cpuUserSec: 0, cpuSystemSec: 0, peakMemoryBytes: 0, cores: 1 }, lost },
});

/** All of them; the last two live and never end. */
export const PLAYS: readonly RogueWorkerPlay[] = [
  ["unsigned", (worker) => worker.raw("\nD 1 0 0\n{}"), /signature/],
  ["forged", (worker) => worker.raw(`${"A".repeat(43)}\nD 1 0 0\n{}`), /signature/],
  ["nothing at all", (worker) => worker.raw(""), /signature/],
  ["early", (worker) => worker.say("{}", { seq: 9 }), /is missing/],
  ["empty parts", (worker) => worker.say("", { more: 1 }), /not full/],
  ["short parts", (worker) => worker.say("{", { more: 1 }), /not full/],
  ["without end", (worker) => {
    for (let i = 0; i < 140; i++) worker.say(" ".repeat(MAX_FRAME_CHARS), { more: 1 });
  }, /a message of more than/],
  ["long frame", (worker) => worker.say(" ".repeat(MAX_FRAME_CHARS + 1)), /too long/],
  ["longer frame", (worker) => worker.raw("x".repeat(1e6)), /payload|frame/i],
  ["no JSON", (worker) => worker.say("hello"), /not valid JSON/],
  ["brackets", (worker) => worker.say("[".repeat(200_000)), /JSON/],
  ["null", (worker) => worker.say("null"), /Expected/],
  ["unknown kind", (worker) => worker.say('{"kind":"order"}'), /Expected/],
  ["unknown notice", (worker) => worker.notice({ kind: "rm" }), /Expected/],
  ["surplus", (worker) => worker.notice({ kind: "ready", more: 1 }), /Unexpected property/],
  ["inherits", (worker) => worker.say('{"__proto__":{"kind":"notice"},"run":1}'), /Expected/],
  [
    "bad snapshot",
    (worker) => worker.notice({ kind: "snapshot", snapshot: { ...EMPTY_SNAPSHOT, seq: -1 } }),
    /Expected/,
  ],
  [
    "bomb",
    (worker) => worker.notice({ kind: "snapshot", snapshot: { ...EMPTY_SNAPSHOT, steps: [step] } }),
    /histogram/,
  ],
  [
    "many bombs",
    (worker) =>
      worker.notice({ kind: "snapshot", snapshot: { ...EMPTY_SNAPSHOT, steps: new Array(400).fill(step) } }),
    /400 steps/,
  ],
  ["infinite", (worker) => worker.say('{"kind":"notice","run":1e999,"notice":{"kind":"ready"}}'), /Infinity/],
  ["long reason", (worker) => worker.notice({ kind: "failed", message: "x".repeat(10_001) }), /Expected/],
  ["colours", (worker) => worker.notice({ kind: "failed", message: "\x1b[2J\n::error::" }), /u001b/],
  [
    "many losses",
    (worker) => worker.notice(done(new Array(1025).fill({ thread: "x", atMs: 0, reason: "x" }))),
    /Expected/,
  ],
  ["bad beat", (worker) => worker.beat("{}"), /Expected|t/],
  ["no beat", (worker) => worker.beat("null"), /Expected/],
  ["endless beat", (worker) => worker.beat(`{"t":1e999}`), /Infinity/],
  ["leaves", (worker) => worker.close(), /closed|done|nothing heard/],
  ["never ends", (worker) => {
    worker.notice(ready);
    worker.notice(ready);
    worker.notice({ kind: "snapshot", snapshot: EMPTY_SNAPSHOT }, 7);
    for (let i = 0; i < 2000; i++) worker.beat(`{"t":${1e15 + i},"r":true}`);
  }, /did not end within/],
];
