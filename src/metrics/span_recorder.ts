/**
 * The counters of named stretches of time in one thread: passes through a flow, groups of steps.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, Histogram } from "./histogram.ts";
import type { SpanKind } from "./measures.ts";
import { spanKey, type SpanStats } from "./snapshot.ts";

/** What came of a step, or of the steps of a stretch of time: the worst of them. */
export const OUTCOME = {
  succeeded: 0,
  /** A whole response that fails a check, or an error status, or nothing that could be sent. */
  failed: 1,
  /** No whole response. */
  unanswered: 2,
} as const;

/** Names of a kind at most; further ones are counted together. */
const MAX_NAMES = 1000;
const OTHERS = "(others)";

/** Counts one stretch. */
class SpanRecorder {
  readonly #kind: SpanKind;
  readonly #name: string;
  #succeeded = 0;
  #failed = 0;
  readonly #latency = new Histogram();
  #failedLatency: Histogram | null = null;
  #unanswered: Histogram | null = null;

  constructor(kind: SpanKind, name: string) {
    this.#kind = kind;
    this.#name = name;
  }

  /** One has ended after `us`; `outcome` is one of {@linkcode OUTCOME}. */
  end(us: number, outcome: number): void {
    if (outcome === OUTCOME.succeeded) {
      this.#succeeded++;
      this.#latency.record(us);
      return;
    }
    this.#failed++;
    if (outcome === OUTCOME.failed) (this.#failedLatency ??= new Histogram()).record(us);
    else (this.#unanswered ??= new Histogram()).record(us);
  }

  /** Hands over what was seen since the last time; `null`: nothing. */
  take(): SpanStats | null {
    if (this.#succeeded + this.#failed === 0) return null;
    const taken = {
      kind: this.#kind,
      name: this.#name,
      succeeded: this.#succeeded,
      failed: this.#failed,
      latency: this.#latency.take(),
      failedLatency: this.#failedLatency?.take() ?? EMPTY_HISTOGRAM,
      unanswered: this.#unanswered?.take() ?? EMPTY_HISTOGRAM,
    };
    this.#succeeded = this.#failed = 0;
    return taken;
  }
}

/** The stretches of a thread. */
export class SpanRecorders {
  readonly #byKey = new Map<string, SpanRecorder>();
  readonly #names: Record<SpanKind, number> = { iteration: 0, group: 0 };

  /** The recorder of a stretch, made when it is first asked for. */
  of(kind: SpanKind, name: string): SpanRecorder {
    const known = this.#byKey.get(spanKey({ kind, name }));
    if (known !== undefined) return known;
    if (name !== OTHERS && this.#names[kind] >= MAX_NAMES) return this.of(kind, OTHERS);
    this.#names[kind]++;
    const made = new SpanRecorder(kind, name);
    this.#byKey.set(spanKey({ kind, name }), made);
    return made;
  }

  /** Hands over what was seen since the last time, in the order of kind and name. */
  take(): readonly SpanStats[] {
    if (this.#byKey.size === 0) return [];
    return [...this.#byKey.values()].flatMap((span) => span.take() ?? []).sort((a, b) =>
      spanKey(a) < spanKey(b) ? -1 : 1
    );
  }
}
