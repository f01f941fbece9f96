/** A DNS server on the loopback interface that knows a few records. */
import { createSocket } from "node:dgram";

/** Records by lower-case name: addresses (A), and servers (SRV). */
export interface DnsRecords {
  readonly a?: Readonly<Record<string, readonly string[]>>;
  readonly srv?: Readonly<
    Record<string, readonly (readonly [priority: number, weight: number, port: number, target: string])[]>
  >;
}

const A = 1;
const SRV = 33;
const NO_SUCH_NAME = 3;

/** Starts it. */
export async function startDnsServer(
  records: DnsRecords,
): Promise<AsyncDisposable & { readonly port: number }> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => socket.send(answer(query, records), port, address));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function answer(query: Uint8Array, { a = {}, srv = {} }: DnsRecords): Uint8Array {
  const view = new DataView(query.buffer, query.byteOffset, query.byteLength);
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  const name = labels.join(".").toLowerCase();
  const type = view.getUint16(at + 1);
  const question = query.subarray(12, at + 5);
  const found = type === A
    ? (a[name] ?? []).map((ip) => ip.split(".").map(Number))
    : type === SRV
    ? (srv[name] ?? []).map((
      [priority, weight, port, target],
    ) => [...u16(priority, weight, port), ...nameBytes(target)])
    : [];
  const isKnown = name in a || name in srv;
  const flags = 0x8180 | (isKnown ? 0 : NO_SUCH_NAME);
  const head = [...query.subarray(0, 2), ...u16(flags, 1, found.length, 0, 0)];
  // A pointer to the question's name, type, class, a minute to live, length.
  const rows = found.flatMap((data) => [0xc0, 12, ...u16(type, 1, 0, 60, data.length), ...data]);
  return new Uint8Array([...head, ...question, ...rows]);
}

function u16(...values: readonly number[]): readonly number[] {
  return values.flatMap((value) => [value >> 8, value & 0xff]);
}

function nameBytes(name: string): readonly number[] {
  const labels = name.split(".").filter((label) => label !== "").flatMap((
    label,
  ) => [label.length, ...new TextEncoder().encode(label)]);
  return [...labels, 0];
}
