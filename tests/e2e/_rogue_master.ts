/** A master that knows the secret and asks its worker for whatever it likes. */
import { acceptPeer } from "../../src/fleet/transport/handshake.ts";
import { Link } from "../../src/fleet/transport/link.ts";
import { listenForNodes } from "../../src/fleet/transport/websocket_transport.ts";

/** What became of an order: the notice that ended it, or why the worker left. */
export interface Outcome {
  readonly kind: "done" | "failed" | "lost" | "silent";
  readonly message: string;
  /** Failures by kind, of all snapshots. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface RogueMaster extends AsyncDisposable {
  readonly port: number;
  /** Gives the worker an order for a plan, in JSON, and the start as soon as it is ready. */
  give(order: string): Promise<Outcome>;
}

const PATIENCE_MS = 10_000;

/** Starts it; whoever knows the secret may come, one worker at a time. */
export function startRogueMaster(secret: string): RogueMaster {
  let arrived = Promise.withResolvers<Link>();
  const listener = listenForNodes({ hostname: "127.0.0.1", port: 0 }, (transport) => {
    void acceptPeer(transport, { secret, timeoutMs: PATIENCE_MS }).then(({ key, welcome }) => {
      arrived.resolve(
        new Link(transport, {
          role: "master",
          welcome,
          key: key!,
          timeoutMs: 60_000,
          maxChars: 1e7,
          beatMs: 100,
        }),
      );
    }, () => {});
  });
  let run = 0;
  const give = async (order: string): Promise<Outcome> => {
    const link = await arrived.promise;
    const number = ++run;
    const failures: Record<string, number> = {};
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => resolve({ kind: "silent", message: "", failures }), PATIENCE_MS);
    const say = (text: string) => link.send(`{"kind":"order","run":${number},"order":${text}}`);
    link.onLost((message) => {
      arrived = Promise.withResolvers();
      resolve({ kind: "lost", message, failures });
    });
    link.onMessage((text) => {
      const message = JSON.parse(text);
      if (message.kind !== "notice" || message.run !== number) return;
      const { notice } = message;
      if (notice.kind === "ready") say(`{"kind":"start","atEpochMs":${Date.now()}}`);
      if (notice.kind === "snapshot") {
        for (const step of notice.snapshot.steps) {
          for (const [name, count] of Object.entries<number>(step.failures)) {
            failures[name] = (failures[name] ?? 0) + count;
          }
        }
      }
      if (notice.kind === "done") {
        resolve({ kind: "done", message: JSON.stringify(notice.report?.lost), failures });
      }
      if (notice.kind === "failed") resolve({ kind: "failed", message: notice.message, failures });
    });
    say(order);
    const outcome = await promise;
    clearTimeout(timer);
    return outcome;
  };
  return { port: listener.port, give, [Symbol.asyncDispose]: () => listener.close() };
}
