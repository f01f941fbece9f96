/**
 * Connections by sockets of the C library's, one poller a thread. TLS, where it is not ours, is the platform's.
 *
 * @module
 */
import type { Abandonment } from "../../../lib/clock.ts";
import type { TlsSpec } from "../../../plan/client_spec.ts";
import { PlatformTransport } from "../platform_transport.ts";
import { beginPlatformWork, trackPlatformWork } from "../../../lib/platform_work.ts";
import type { Socket } from "../socket.ts";
import type { SecuredSocket, TcpEndpoint, TlsEndpoint, Transport, UnixEndpoint } from "../transport.ts";
import { noteOpened } from "./descriptors.ts";
import { ERRNO, errorOf } from "./errno.ts";
import { HeldSocket } from "./held_socket.ts";
import { errnoOf } from "./libc.ts";
import { pinMemory } from "./memory.ts";
import { NativeSocket } from "./native_socket.ts";
import { loadOpenSsl } from "./openssl.ts";
import type { Poller } from "./poller.ts";
import { FAMILY, familyOf, putIpAddress, putUnixPath } from "./socket_address.ts";
import { createTlsContext } from "./tls_context.ts";
import { TlsLayer } from "./tls_layer.ts";
import { TlsSessions } from "./tls_sessions.ts";

const STREAM_NON_BLOCKING = 1 | 0x800 | 0x80000;
const LEVEL = { ip: 0, socket: 1, tcp: 6 } as const;
const OPTION = { noDelay: 1, error: 4, bindAddressNoPort: 24 } as const;

/** A parameter of `mallopt`, and how much free memory the library may keep. */
const TRIM_THRESHOLD = -1, KEPT_BYTES = 67_108_864;

const ONCE = { once: true };

/** Where values of options lie, behind addresses. */
const VALUE_AT = 512, LENGTH_AT = 520;

/** Room for an address of any family, and for texts that the library makes one of. */
const ADDRESS_BYTES = 1024;

/** Sockets of our own. */
export class NativeTransport implements Transport {
  readonly #poller: Poller;
  readonly #platform: PlatformTransport;
  readonly #tls: TlsSpec;
  readonly #sessions = new TlsSessions();
  /** The last address that was connected to, and how it lies in memory. */
  readonly #address = pinMemory(ADDRESS_BYTES);
  #addressOf: TcpEndpoint | UnixEndpoint | null = null;
  #addressBytes = 0;
  readonly #value: Deno.PointerObject;
  readonly #valueLength: Deno.PointerObject;
  /** One for each list of protocols to offer. */
  readonly #contexts = new Map<string, Deno.PointerObject>();

  constructor(poller: Poller, tls: TlsSpec) {
    this.#poller = poller;
    this.#tls = tls;
    this.#platform = new PlatformTransport(tls);
    this.#value = poller.scratch.at(VALUE_AT);
    this.#valueLength = poller.scratch.at(LENGTH_AT);
  }

  async connect(to: TcpEndpoint | UnixEndpoint, signal: Abandonment): Promise<Socket> {
    if (signal.aborted) throw aborted();
    if (!("path" in to) && to.isTls && loadOpenSsl() === null) {
      return await trackPlatformWork(this.#platform.connect(to, signal));
    }
    const socket = this.#open(to);
    const abort = socket.close.bind(socket);
    try {
      if (this.#begin(socket.fd, to)) {
        signal.addEventListener("abort", abort, ONCE);
        await socket.waitForEvent();
        if (socket.isInTrouble) this.#demandConnection(socket.fd);
      }
      return socket;
    } catch (error) {
      socket.close();
      throw signal.aborted ? aborted() : error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** A socket that leads nowhere yet. */
  #open(to: TcpEndpoint | UnixEndpoint): NativeSocket {
    const isTcp = !("path" in to);
    const family = isTcp ? familyOf(to.address) : FAMILY.unix;
    const fd = this.#demand(this.#poller.libc.socket(family, STREAM_NON_BLOCKING, 0));
    noteOpened(fd, "socket");
    try {
      if (isTcp) this.#prepare(fd, to);
      return new NativeSocket(this.#poller, fd, isTcp);
    } catch (error) {
      this.#poller.close(fd);
      throw error;
    }
  }

  async secure(socket: Socket, to: TlsEndpoint): Promise<SecuredSocket> {
    if (socket instanceof NativeSocket) return await this.#secureNative(socket, to);
    const secured = await trackPlatformWork(this.#platform.secure(socket, to));
    return { ...secured, socket: new HeldSocket(secured.socket, beginPlatformWork()) };
  }

  async #secureNative(socket: NativeSocket, to: TlsEndpoint): Promise<SecuredSocket> {
    const abort = () => socket.close();
    if (to.signal.aborted) abort();
    to.signal.addEventListener("abort", abort, { once: true });
    try {
      if (to.signal.aborted) throw aborted();
      const context = this.#contextFor(to.alpnProtocols);
      const layer = new TlsLayer({ openSsl: loadOpenSsl()!, poller: this.#poller }, context, socket.fd);
      socket.upgrade(layer);
      layer.expect(to);
      if (this.#tls.noResumption !== true) {
        layer.resume(this.#sessions, `${to.origin} ${to.serverName} ${to.alpnProtocols}`);
      }
      while (!layer.shakeHands()) await socket.waitForEvent();
      return { socket, alpnProtocol: layer.alpnProtocol(), isResumed: layer.isResumed() };
    } catch (error) {
      socket.close();
      throw to.signal.aborted ? aborted() : error;
    } finally {
      to.signal.removeEventListener("abort", abort);
    }
  }

  #contextFor(alpnProtocols: readonly string[]): Deno.PointerObject {
    const key = alpnProtocols.join();
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    // OpenSSL's buffers come and go with each response: given back to the system, they would have to be cleared anew.
    this.#poller.libc.mallopt(TRIM_THRESHOLD, KEPT_BYTES);
    const context = createTlsContext(loadOpenSsl()!, this.#tls, alpnProtocols);
    this.#contexts.set(key, context);
    return context;
  }

  /** Sets options, and the address to leave from. */
  #prepare(fd: number, { localAddress }: TcpEndpoint): void {
    this.#setOption(fd, LEVEL.tcp, OPTION.noDelay);
    if (localAddress === undefined) return;
    const { libc, scratch } = this.#poller;
    // The port is chosen when the connection is made: one then serves for many servers.
    this.#setOption(fd, LEVEL.ip, OPTION.bindAddressNoPort);
    const length = putIpAddress(libc, scratch, { address: localAddress, port: 0 });
    this.#demand(libc.bind(fd, scratch.pointer, length));
  }

  /** Begins to connect; `false`: it is done already. */
  #begin(fd: number, to: TcpEndpoint | UnixEndpoint): boolean {
    const { libc } = this.#poller;
    if (to !== this.#addressOf) {
      this.#addressOf = null;
      this.#addressBytes = "path" in to
        ? putUnixPath(this.#address, to.path)
        : putIpAddress(libc, this.#address, to);
      this.#addressOf = to;
    }
    if (libc.connect(fd, this.#address.pointer, this.#addressBytes) === 0) return false;
    const errno = errnoOf(libc);
    if (errno !== ERRNO.inProgress && errno !== ERRNO.interrupted) throw errorOf(libc, errno);
    return true;
  }

  /** @throws {Error} when the attempt to connect has failed. */
  #demandConnection(fd: number): void {
    const { libc, scratch } = this.#poller;
    scratch.view.setUint32(LENGTH_AT, 4, true);
    this.#demand(libc.getsockopt(fd, LEVEL.socket, OPTION.error, this.#value, this.#valueLength));
    const errno = scratch.view.getInt32(VALUE_AT, true);
    if (errno !== 0) throw errorOf(libc, errno);
  }

  #setOption(fd: number, level: number, option: number): void {
    const { libc, scratch } = this.#poller;
    scratch.view.setInt32(VALUE_AT, 1, true);
    this.#demand(libc.setsockopt(fd, level, option, this.#value, 4));
  }

  /** A call's result. @throws {Error} when it says that the call failed. */
  #demand(result: number): number {
    if (result >= 0) return result;
    const { libc } = this.#poller;
    throw errorOf(libc, errnoOf(libc));
  }
}

function aborted(): Error {
  return new Error("Connection attempt aborted");
}
