/**
 * A master: listens for its workers, waits until all are there, and runs plans on them.
 *
 * @module
 */
import { hostName } from "../../lib/net/host_name.ts";
import { isLoopback } from "../../fleet/fleet_options.ts";
import { packPlan } from "../../fleet/coordination/portable_plan.ts";
import { type FleetOptions, RemoteFleet } from "../../fleet/coordination/remote_fleet.ts";
import { listenForNodes } from "../../fleet/transport/websocket_transport.ts";
import { UsageError } from "../../lib/errors.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import { formatCounted } from "../../lib/number_format.ts";
import { type FleetAccess, readFleetAccess } from "./fleet_access.ts";
import { LOCAL_SOURCES } from "../compose/plan_sources.ts";
import type { Runner, RunnerContext } from "./runner.ts";
import type { MainValues } from "../settings/settings.ts";
import { sayLine } from "../printer.ts";

/** Workers on a NATS server whose snapshots are merged before they reach the master. */
const GROUP_SIZE = 32;

/**
 * Gathers the workers that the options ask for.
 * @throws {RunError} when it cannot listen, or the workers do not come.
 */
export async function openFleet(
  values: MainValues,
  { signal, printer }: RunnerContext,
): Promise<Runner> {
  const say = (line: string) => sayLine(printer, line);
  const access = await readFleetAccess(values);
  const fleet = new RemoteFleet(fleetSettings(values, access, say));
  const doors = values.nats === undefined
    ? openPort(fleet, values, { ...access, say })
    : await openNats(fleet, values, { ...access, say });
  const leave = async () => {
    await fleet.close("the run is over");
    await doors.close();
  };
  try {
    await fleet.gather(values.joinTimeout, signal);
  } catch (error) {
    await leave();
    throw error;
  }
  return {
    run: async (plan, options) => {
      const portable = await packPlan(plan, LOCAL_SOURCES.files.readFile);
      return await fleet.run(portable, options);
    },
    threadsFor: (plan) => fleet.sharesOf(plan).flat().length,
    [Symbol.asyncDispose]: leave,
  };
}

/** A line for whoever started the master. */
interface Speaking {
  say(line: string): void;
}

function fleetSettings(
  values: MainValues,
  { secret }: FleetAccess,
  say: (line: string) => void,
): FleetOptions {
  return {
    expected: values.expectWorkers ?? 1,
    toleratedLosses: values.tolerateLost,
    silenceMs: values.silence,
    log: say,
    ...(values.threads !== undefined && { maxThreads: values.threads }),
    ...(values.nats !== undefined && { groupSize: GROUP_SIZE }),
    ...(secret !== undefined && { secret }),
  };
}

function openPort(
  fleet: RemoteFleet,
  { bind, port, expectWorkers }: MainValues,
  { secret, tls, say }: FleetAccess & Speaking,
): { close(): Promise<void> } {
  if (!isLoopback(bind) && secret === undefined) {
    throw new UsageError("--secret-file: the file holds no secret, and --bind is reachable from elsewhere");
  }
  const listener = listenForNodes(
    { hostname: bind, port, expected: expectWorkers ?? 0, ...(tls && { tls }) },
    (transport) => {
      void fleet.welcome(transport);
    },
  );
  const reached = bind === "0.0.0.0" || bind === "::" ? hostName() ?? "ADDRESS" : bind;
  const host = reached.includes(":") && !reached.startsWith("[") ? `[${reached}]` : reached;
  const address = `${tls ? "wss://" : ""}${host}:${listener.port}`;
  say(`Waiting for ${formatCounted(expectWorkers!, "worker")}: bench --worker ${address}`);
  if (!isLoopback(bind) && !tls) {
    say("Frames are signed, not encrypted; --cluster-cert and --cluster-key encrypt them");
  }
  return listener;
}

/** Nothing of NATS is loaded before it is asked for. */
async function openNats(
  fleet: RemoteFleet,
  { nats, runId, expectWorkers }: MainValues,
  { caCerts, tls, natsCreds, secret, say }: FleetAccess & Speaking,
): Promise<{ close(): Promise<void> }> {
  const { connectNats, listenOnNats } = await import("../../fleet/transport/nats_transport.ts");
  const doors = await connectNats({
    url: nats!,
    runId: runId!,
    caCerts,
    ...(tls && { tls }),
    ...(natsCreds !== undefined && { creds: natsCreds }),
  });
  listenOnNats(doors, runId!, (transport) => void fleet.welcome(transport));
  say(
    `Waiting for ${formatCounted(expectWorkers!, "worker")}: bench --nats ${
      maskUrl(nats!)
    } --run-id ${runId}`,
  );
  if (secret === undefined) say("Without a shared secret, anyone with access to the NATS server can join");
  return doors;
}
