/**
 * A real Pushgateway, for tests.
 *
 * @module
 */
import { freePort, startPeer } from "../_support/peers.ts";

/** Starts a Pushgateway; disposing of it ends it. */
export async function startPushgateway(): Promise<{ readonly url: string } & AsyncDisposable> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const peer = await startPeer("prometheus-pushgateway", {
    // Without a file: Debian's would share one with every other Pushgateway of the machine.
    args: [`--web.listen-address=127.0.0.1:${port}`, "--persistence.file="],
    readyUrl: `${url}/-/ready`,
  });
  return { url, [Symbol.asyncDispose]: () => peer.stop() };
}
