/** Pipes in memory, whole or with losses. */
import { type Transport, TransportEvents } from "../../src/fleet/transport/transport.ts";

/** What happens to a frame: how often it arrives (0: lost). */
export type Fate = (frame: string) => number;

/** A pipe whose other end is in the same thread, and what has travelled through it. */
export interface TestTransport extends Transport {
  readonly sent: string[];
}

/** Both ends of a connection; frames arrive in their own turn. */
export function transportPair(fate?: Fate): { readonly node: TestTransport; readonly master: TestTransport } {
  const toNode = new TransportEvents();
  const toMaster = new TransportEvents();
  const end = (own: TransportEvents, other: TransportEvents, name: string): TestTransport => {
    const sent: string[] = [];
    return {
      peer: name,
      sent,
      isLossy: fate !== undefined,
      trust: () => {},
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
