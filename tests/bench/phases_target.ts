/**
 * A target with a known delay in each phase of a request, and the measurement of it by the real command, in a network of
 * its own where names are looked up at a stub. Started by `phases_run.ts` inside such a network; prints one line of JSON.
 *
 * The command goes through an HTTP proxy, since only that lets both the look-up and the connection be late by a time
 * that is known: the stub answers late for the proxy's name, and the proxy is late to say that the connection stands.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { createSocket } from "node:dgram";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { certificate, ROOT_PATH } from "../_support/certificates.ts";
import { program } from "../_support/program.ts";
import { startRawServer } from "../_support/raw_server.ts";
import { pause } from "../_support/wait.ts";

/** The phases in which the target is late. */
export const DELAYED = ["dns", "connect", "tls", "ttfb", "transfer"] as const;

/** Delays by phase, in ms. */
export type Delays = Readonly<Record<(typeof DELAYED)[number], number>>;

/** What the command reports of each phase: its median, and how often it was timed. */
export type PhaseMedians = Readonly<
  Record<(typeof DELAYED)[number], { readonly p50Ms: number; readonly count: number }>
>;

/** Waits to within some 10 µs: timers fire up to 2 ms late, so the last of it is spent looking at the clock. */
async function wait(ms: number): Promise<void> {
  const endMs = performance.now() + ms;
  if (ms > 3) await pause(ms - 3);
  while (performance.now() < endMs);
}

/** Answers every question for an IPv4 address with 127.0.0.1, and any other with nothing, both late. */
async function startDns(delays: Delays): Promise<void> {
  const socket = createSocket("udp4");
  socket.on(
    "message",
    async (query: Uint8Array, from: { readonly port: number; readonly address: string }) => {
      await wait(delays.dns);
      socket.send(dnsReply(query), from.port, from.address);
    },
  );
  await new Promise<void>((resolve) => socket.bind(53, "127.0.0.1", resolve));
}

/** An answer to a query with one question (RFC 1035, 4.1). */
function dnsReply(query: Uint8Array): Uint8Array {
  let end = 12;
  while (query[end] !== 0) end += query[end]! + 1;
  const question = query.subarray(12, end + 5);
  const isAddress = question.at(-3) === 1;
  const header = [query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, isAddress ? 1 : 0, 0, 0, 0, 0];
  // Name as in the question, type A, class IN, a second to live, four bytes.
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1];
  return Uint8Array.from([...header, ...question, ...(isAddress ? record : [])]);
}

/** A proxy that is late to say that the connection stands, and late to pass on the client's TLS hello. */
async function startProxy(port: number, delays: Delays): Promise<number> {
  const serve = (client: Socket) => {
    client.setNoDelay(true);
    client.on("error", () => {});
    client.once("data", async () => {
      const behind = connect(port, "127.0.0.1");
      behind.setNoDelay(true);
      behind.on("error", () => {});
      client.on("close", () => behind.destroy());
      await wait(delays.connect);
      client.once("data", async (hello: Uint8Array) => {
        client.pause();
        await wait(delays.tls);
        behind.write(hello);
        client.pipe(behind);
        behind.pipe(client);
      });
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    });
  };
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Measures with the real command; every request has a connection of its own. */
async function measure(delays: Delays, requests: number): Promise<PhaseMedians> {
  const server = await startRawServer(async (connection) => {
    await wait(delays.ttfb);
    await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
    await wait(delays.transfer);
    await connection.send("other");
  }, { tls: certificate("server") });
  const proxyPort = await startProxy(server.port, delays);
  const { code, out, err } = await program([
    ...["-n", `${requests}`, "-c", "1", "-t", "1", "--no-keepalive", "--latency-breakdown", "--json", "-"],
    ...["--dns-refresh", "1ms", "--proxy", `http://proxy.test:${proxyPort}`],
    ...["--ca-bundle", ROOT_PATH, "--ssl-verify", server.origin],
  ]);
  if (code !== 0) throw new Error(`bench ended with code ${code}: ${err}`);
  const breakdown = JSON.parse(out).latency_breakdown;
  return Object.fromEntries(DELAYED.map((phase) => [phase, {
    p50Ms: breakdown[phase].p50 * 1000,
    count: breakdown[phase].count,
  }])) as PhaseMedians;
}

if (import.meta.main) {
  const delays: Delays = JSON.parse(Deno.args[0]!);
  const requests = Number(Deno.args[1]);
  await startDns(delays);
  console.log(JSON.stringify(await measure(delays, requests)));
  Deno.exit(0);
}
