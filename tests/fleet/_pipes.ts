/** Pipes in memory, whole or with losses. */
import { type Pipe, PipeEvents } from "../../src/fleet/transport/pipe.ts";

/** What happens to a frame: how often it arrives (0: lost). */
export type Fate = (frame: string) => number;

/** A pipe whose other end is in the same thread, and what has travelled through it. */
export interface TestPipe extends Pipe {
  readonly sent: string[];
}

/** Both ends of a connection; frames arrive in their own turn. */
export function pipePair(fate?: Fate): { readonly node: TestPipe; readonly master: TestPipe } {
  const toNode = new PipeEvents();
  const toMaster = new PipeEvents();
  const end = (own: PipeEvents, other: PipeEvents, name: string): TestPipe => {
    const sent: string[] = [];
    return {
      peer: name,
      sent,
      isLossy: fate !== undefined,
      send: (frame) => {
        if (own.isOver) return;
        sent.push(frame);
        for (let times = fate?.(frame) ?? 1; times > 0; times--) queueMicrotask(() => other.frame(frame));
      },
      onFrame: own.onFrame,
      onEnd: own.onEnd,
      close: (reason) => {
        own.end(reason);
        if (fate === undefined) queueMicrotask(() => other.end("it closed"));
      },
    };
  };
  return { node: end(toNode, toMaster, "master"), master: end(toMaster, toNode, "node") };
}
