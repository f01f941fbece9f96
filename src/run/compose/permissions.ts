/**
 * What the runtime must allow a run to do, asked for before any load: without it every single request would fail, and
 * none would say why. A program that was compiled has its permissions built in.
 *
 * @module
 */
import { nodeModule } from "../../lib/node_modules.ts";
import { socketsInUse } from "../../client/net/choose_transport.ts";
import { proxyFor } from "../../client/net/proxy.ts";
import { isIpAddress } from "../../lib/net/ip_address.ts";
import { eachOf, type Route, routeOf, routeTo, withPort } from "../../plan/route.ts";
import { UsageError } from "../../lib/errors.ts";
import { type RunPlan, wholeScenario } from "../../plan/run_plan.ts";
import { knownUrls } from "../../plan/scenario.ts";

/** The module that every thread loads; a file when the program runs from a directory. */
const THREAD_ENTRY = new URL("../../fleet/thread_entry.ts", import.meta.url);

/** What a run may not do although it must, one sentence each; on a terminal the runtime asks its user first. */
export async function findPermissionProblems(plan: RunPlan, threads: number): Promise<readonly string[]> {
  const problems = plan.client.unixSocket === undefined ? await findNetProblems(serversOf(plan)) : [];
  problems.push(...socketProblems(plan));
  if (
    threads > 1 && THREAD_ENTRY.protocol === "file:" && !(await may({ name: "read", path: THREAD_ENTRY }))
  ) {
    problems.push(
      "Cannot start threads: not allowed to read their code; run again with --allow-read, or with -t 1",
    );
  }
  if (plan.client.tls.caCerts.length > 0 && !(await may(PUBLIC_ROOTS))) {
    problems.push(
      "Cannot add a bundle to the public roots: not permitted; run again with --allow-sys",
    );
  }
  return problems;
}

/** Whose certificates everybody trusts; the type does not know the name yet. */
const PUBLIC_ROOTS = { name: "sys", kind: "ca" } as unknown as Deno.SysPermissionDescriptor;

function socketProblems({ client }: RunPlan): readonly string[] {
  try {
    socketsInUse(client);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [error.message];
  }
}

function serversOf(plan: RunPlan): readonly Route[] {
  const servers = new Map<string, Route>();
  const { client } = plan;
  for (const url of knownUrls(wholeScenario(plan))) {
    const server = proxyFor(url, client.proxy) ?? routeTo(routeOf(url), client.resolve);
    for (const one of eachOf(server)) servers.set(`${one.host} ${one.port}`, one);
  }
  // To leave from an address is to listen at it, to the runtime.
  const own = (client.localAddresses ?? []).map((host) => ({ host, port: 0 }));
  return [...servers.values(), ...own];
}

async function findNetProblems(servers: readonly Route[]): Promise<string[]> {
  if ((await Deno.permissions.query({ name: "net" })).state === "granted") return [];
  const missing = new Set<string>();
  for (const server of servers) for (const host of await findMissingHosts(server)) missing.add(host);
  if (missing.size === 0) return [];
  const hosts = [...missing].join(",");
  return [
    `Cannot connect to ${hosts}: not permitted; run again with --allow-net, or --allow-net=${hosts}`,
  ];
}

/** A name must be looked up, and its addresses connected to: the runtime wants to know of each. */
async function findMissingHosts({ host, port }: Route): Promise<readonly string[]> {
  const isAddress = isIpAddress(host);
  if (isAddress) return await findMissing([withPort({ host, port })]);
  if (!(await may({ name: "net", host }))) return [host];
  // A name without addresses is the run's to report.
  const addresses = await nodeModule("node:dns/promises").lookup(host, { all: true }).catch(() => []);
  return await findMissing(addresses.map(({ address }) => withPort({ host: address, port })));
}

async function findMissing(hosts: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const host of hosts) if (!(await may({ name: "net", host }))) missing.push(host);
  return missing;
}

async function may(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.request(descriptor)).state === "granted";
}
