/** A thread that opens connections, tells of them, and holds them for ever. */
import { type DescriptorNotes, noteIn } from "../../../../src/client/net/native/descriptors.ts";
import { NativeTransport } from "../../../../src/client/net/native/native_transport.ts";
import { threadPoller } from "../../../../src/client/net/native/poller.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ notes: DescriptorNotes; port: number; count: number }>) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data: { notes, port, count } }) => {
  noteIn(notes);
  const transport = new NativeTransport(threadPoller()!, { verify: true, caCerts: [] });
  const to = { address: "127.0.0.1", port, isTls: false };
  const never = new AbortController().signal;
  const sockets = await Promise.all(Array.from({ length: count }, () => transport.connect(to, never)));
  for (const socket of sockets) socket.read(new Uint8Array(4096)).catch(() => {});
  scope.postMessage(sockets.length);
};
