/**
 * What a converted script needs to go on using WebSockets as k6 has them: written out at the end of the module, where its
 * author can see and change it.
 *
 * @module
 */

/** Stands in place of `connect` of `k6/ws`. */
export const CONNECT_SOCKET = `
/** A WebSocket with handlers and timers, as k6 has it: resolves when it is closed. */
async function connectSocket(bench: Bench, url: string, options: object, use: (socket: any) => unknown) {
  const handlers: Record<string, ((...values: any[]) => unknown)[]> = {};
  const timers: number[] = [];
  const emit = async (event: string, ...values: unknown[]) => {
    for (const handler of handlers[event] ?? []) await handler(...values);
  };
  const inner = await bench.ws.connect(url, options);
  const isConnected = inner.open;
  await use({
    on: (event: string, handler: () => unknown) => void (handlers[event] ??= []).push(handler),
    send: (text: string) => void inner.send(text),
    sendBinary: (bytes: ArrayBuffer) => void inner.send(new Uint8Array(bytes)),
    ping: () => inner.ping(),
    close: (code?: number) => void inner.close(code !== undefined && code >= 3000 ? code : 1000),
    setTimeout: (run: () => void, ms: number) => void timers.push(setTimeout(run, ms)),
    setInterval: (run: () => void, ms: number) => void timers.push(setInterval(run, ms)),
  });
  if (isConnected) {
    await emit("open");
    for await (const message of inner) {
      if (message.binary) await emit("binaryMessage", message.bytes().slice().buffer);
      else await emit("message", message.text());
    }
  }
  // Clears intervals as well.
  for (const timer of timers) clearTimeout(timer);
  if (inner.error !== undefined) await emit("error", { error: () => inner.error });
  if (isConnected) await emit("close", inner.code);
  await inner.close();
  return { status: isConnected ? 101 : 0, error: inner.error ?? "" };
}`;

/** Stands in place of the class of `k6/websockets`. */
export const OPEN_SOCKET = `
/** Sockets of an iteration that is not over. */
const openSockets = new WeakMap<Bench, Promise<void>[]>();

/** An iteration lasts until its sockets are closed, as in k6. */
async function socketsClosed(bench: Bench) {
  for (let open = openSockets.get(bench); open?.length; open = openSockets.get(bench)) {
    openSockets.delete(bench);
    await Promise.all(open);
  }
}

/** A WebSocket as browsers and k6 have it. */
function openSocket(bench: Bench, url: string, protocols: string | string[] = [], options: object = {}) {
  const handlers: Record<string, ((event: any) => unknown)[]> = {};
  let inner: Awaited<ReturnType<Bench["ws"]["connect"]>> | undefined;
  const socket: any = {
    url,
    readyState: 0,
    addEventListener: (event: string, handler: () => unknown) => void (handlers[event] ??= []).push(handler),
    send: (data: string | ArrayBuffer) => void inner?.send(typeof data === "string" ? data : new Uint8Array(data)),
    ping: () => inner?.ping(),
    close: (code?: number) => {
      socket.readyState = 2;
      void inner?.close(code !== undefined && code >= 3000 ? code : 1000);
    },
  };
  const emit = async (type: string, event: object = {}) => {
    for (const handler of [socket[\`on\${type}\`], ...(handlers[type] ?? [])]) {
      await handler?.({ type, target: socket, ...event });
    }
  };
  const run = async () => {
    inner = await bench.ws.connect(url, { ...options, subprotocols: [protocols].flat().filter(Boolean) });
    const isConnected = inner.open;
    if (isConnected) {
      socket.readyState = 1;
      socket.protocol = inner.protocol;
      await emit("open");
      for await (const message of inner) {
        await emit("message", { data: message.binary ? message.bytes().slice().buffer : message.text() });
      }
    }
    socket.readyState = 3;
    if (inner.error !== undefined) await emit("error", { error: inner.error });
    await emit("close", { code: inner.code });
    await inner.close();
  };
  openSockets.set(bench, [...(openSockets.get(bench) ?? []), run()]);
  return socket;
}`;
