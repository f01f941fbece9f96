/** Connections that say nothing. */

/** The words before a program's that leave it few file descriptors; none where a system has no such limit. */
export const FEW_DESCRIPTORS: readonly string[] = Deno.build.os === "windows"
  ? []
  : ["/bin/sh", "-c", 'ulimit -n 256; exec "$0" "$@"'];

/** Opens so many of them, or as many as are let in, and holds them until they are closed; `first`: what they say. */
export async function holdIdle(port: number, count: number, first = new Uint8Array()): Promise<Disposable> {
  const connections: Deno.TcpConn[] = [];
  for (let i = 0; i < count; i++) {
    const connecting = Deno.connect({ hostname: "127.0.0.1", port, signal: AbortSignal.timeout(1000) });
    const connection = await connecting.catch(() => undefined);
    if (connection === undefined) continue;
    connections.push(connection);
    if (first.length > 0) await connection.write(first).catch(() => {});
  }
  return {
    [Symbol.dispose]: () => {
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // The other end was quicker.
        }
      }
    },
  };
}
