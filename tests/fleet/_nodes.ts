/** A master and nodes in this thread, over real sockets. */
import { introduce } from "../../src/fleet/transport/handshake.ts";
import { Link } from "../../src/fleet/transport/link.ts";
import { openMemoryChannel } from "../../src/fleet/coordination/memory_channel.ts";
import { type NodeOptions, serveMaster, type SessionEnd } from "../../src/fleet/coordination/node.ts";
import type { Transport } from "../../src/fleet/transport/transport.ts";
import type { Channel } from "../../src/fleet/protocol/messages.ts";
import { RemoteFleet } from "../../src/fleet/coordination/remote_fleet.ts";
import { callMaster, listenForNodes } from "../../src/fleet/transport/websocket_transport.ts";
import { DEFAULT_LIMITS } from "../../src/fleet/coordination/worker_limits.ts";
import type { Snapshot } from "../../src/metrics/snapshot.ts";

const SECRET = "correct horse battery";

export interface TestNode {
  /** What it told its master. */
  readonly snapshots: Snapshot[];
  readonly end: Promise<SessionEnd>;
  readonly transport: Transport;
  leave(): void;
}

/** A node in this thread, with a slot in this thread. */
export async function startNode(
  url: string,
  changes: Partial<NodeOptions> & { secret?: string; caCerts?: readonly string[]; name?: string } = {},
): Promise<TestNode> {
  const { secret = SECRET, caCerts = [], name = "n" } = changes;
  const transport = await callMaster(url, caCerts);
  const { key } = await introduce(transport, { name, threads: 1 }, { secret, timeoutMs: 10_000 });
  const link = new Link(transport, { role: "node", key: key!, timeoutMs: 10_000, maxChars: 1e8 });
  const leaving = new AbortController();
  const snapshots: Snapshot[] = [];
  const end = serveMaster(link, {
    rules: { targets: [] },
    limits: { ...DEFAULT_LIMITS, threads: 1 },
    log: () => {},
    openThread: () => overheard(openMemoryChannel(), snapshots),
    ...changes,
    signal: leaving.signal,
  });
  return { snapshots, end, transport, leave: () => leaving.abort() };
}

/** A channel whose snapshots are kept. */
function overheard(channel: Channel, snapshots: Snapshot[]): Channel {
  return {
    ...channel,
    onNotice: (listener) =>
      channel.onNotice((notice) => {
        if (notice.kind === "snapshot") snapshots.push(notice.snapshot);
        listener(notice);
      }),
  };
}

export interface TestMaster extends AsyncDisposable {
  readonly fleet: RemoteFleet;
  readonly url: string;
  readonly told: string[];
}

export function startMaster(
  expected: number,
  changes: { toleratedLosses?: number; groupSize?: number; tls?: { cert: string; key: string } } = {},
): TestMaster {
  const told: string[] = [];
  const fleet = new RemoteFleet({
    expected,
    toleratedLosses: changes.toleratedLosses ?? 0,
    secret: SECRET,
    silenceMs: 10_000,
    log: (line) => told.push(line),
    ...(changes.groupSize !== undefined && { groupSize: changes.groupSize }),
  });
  const listener = listenForNodes({
    hostname: "127.0.0.1",
    port: 0,
    ...(changes.tls && { tls: changes.tls }),
  }, (transport) => {
    void fleet.welcome(transport);
  });
  return {
    fleet,
    told,
    url: `${changes.tls ? "wss://localhost" : "ws://127.0.0.1"}:${listener.port}`,
    [Symbol.asyncDispose]: async () => {
      await fleet.close("the test is over");
      await listener.close();
    },
  };
}
