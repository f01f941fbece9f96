/**
 * Looks at every call of the C library and OpenSSL: that memory which is handed over is there, large enough, and nowhere
 * the collector moves it; that descriptors and objects are used while they are open, and closed once. What is wrong is
 * noted, and the call made all the same.
 *
 * @module
 */

/** What is wrong, and how often; what was looked at; what is still open. */
export interface Findings {
  readonly problems: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly collections: number;
  readonly left: Readonly<Record<string, number>>;
}

type Pointer = Deno.PointerValue;
type Arguments = readonly unknown[];
type Call = (...args: Arguments) => unknown;

/** Where an argument is memory, and how many bytes of it are touched at the most; of a text at least one is. */
type Touched = (args: Arguments) => readonly (readonly [at: number, bytes: number])[];

const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16;
const IPV6 = 10;
const SERVER_NAME = 55;

const sized: Touched = (args) => [[1, args[2] as number]];
const text = (at: number): Touched => () => [[at, 1]];

const MEMORY: Readonly<Record<string, Touched>> = {
  connect: sized,
  bind: sized,
  send: sized,
  recv: sized,
  setsockopt: (args) => [[3, args[4] as number]],
  getsockopt: () => [[3, 4], [4, 4]],
  if_nametoindex: text(0),
  inet_pton: (args) => [[1, 1], [2, args[0] === IPV6 ? 16 : 4]],
  epoll_ctl: () => [[3, EVENT_BYTES]],
  epoll_wait: (args) => [[1, args[2] as number * EVENT_BYTES]],
  epoll_pwait2: (args) => [[1, args[2] as number * EVENT_BYTES], [3, 16]],
  clock_gettime: () => [[1, 16]],
  SSL_CTX_set_alpn_protos: sized,
  SSL_read: sized,
  SSL_peek: sized,
  SSL_write: sized,
  SSL_ctrl: (args) => args[1] === SERVER_NAME ? [[3, 1]] : [],
  SSL_set1_host: text(1),
  X509_VERIFY_PARAM_set1_ip_asc: text(1),
  SSL_get0_alpn_selected: () => [[1, 8], [2, 4]],
  BIO_new_mem_buf: (args) => [[0, args[1] as number]],
};

/** Which arguments are descriptors. */
const DESCRIPTORS: Readonly<Record<string, readonly number[]>> = {
  connect: [0],
  bind: [0],
  send: [0],
  recv: [0],
  close: [0],
  setsockopt: [0],
  getsockopt: [0],
  epoll_ctl: [0, 2],
  epoll_wait: [0],
  epoll_pwait2: [0],
  SSL_set_fd: [1],
};

type Kind = "context" | "connection" | "session" | "certificate" | "key" | "bio";

const MADE: Readonly<Record<string, Kind>> = {
  SSL_CTX_new: "context",
  SSL_new: "connection",
  SSL_get1_session: "session",
  PEM_read_bio_X509: "certificate",
  PEM_read_bio_PrivateKey: "key",
  BIO_new_mem_buf: "bio",
};

const FREED: Readonly<Record<string, Kind>> = {
  SSL_CTX_free: "context",
  SSL_free: "connection",
  SSL_SESSION_free: "session",
  X509_free: "certificate",
  EVP_PKEY_free: "key",
  BIO_free: "bio",
};

/** Which arguments are objects of which kind. */
function objectsOf(name: string): readonly (readonly [at: number, kind: Kind])[] {
  if (name === "SSL_set_session") return [[0, "connection"], [1, "session"]];
  if (name === "SSL_CTX_use_certificate") return [[0, "context"], [1, "certificate"]];
  if (name === "SSL_CTX_use_PrivateKey") return [[0, "context"], [1, "key"]];
  if (name === "X509_STORE_add_cert") return [[1, "certificate"]];
  if (name === "SSL_CTX_new") return [];
  if (name === "SSL_new" || name.startsWith("SSL_CTX_")) return [[0, "context"]];
  if (name.startsWith("SSL_SESSION_")) return [[0, "session"]];
  if (name.startsWith("SSL_")) return [[0, "connection"]];
  if (name.startsWith("PEM_read_bio_")) return [[0, "bio"]];
  const kind = FREED[name];
  return kind === undefined ? [] : [[0, kind]];
}

/** Typed arrays of so many bytes may lie where the collector moves them. */
const MAX_MOVED_BYTES = 64;

interface Range {
  readonly start: bigint;
  readonly end: bigint;
  readonly buffer: WeakRef<ArrayBufferLike>;
}

/** A watch over the calls of one thread. */
export class CallChecker {
  readonly #problems = new Map<string, number>();
  readonly #ranges = new Map<bigint, Range>();
  readonly #descriptors = new Set<number>();
  /** How often each object is owned, by kind and address. */
  readonly #owned = new Map<string, number>();
  readonly #onDescriptor = new Map<bigint, number>();
  readonly #collectEvery: number;
  #nextCollection: number;
  #calls = 0;
  #collections = 0;

  /** `collectEvery`: the collector is made to run behind so many calls, more or less. */
  constructor(collectEvery = Infinity) {
    this.#collectEvery = collectEvery;
    this.#nextCollection = collectEvery;
  }

  /** Watches all that is loaded and handed over from now on. */
  install(): void {
    const { dlopen, UnsafePointer } = Deno;
    const addressOf = UnsafePointer.of;
    UnsafePointer.of = ((value: ArrayBufferView) => {
      const pointer = addressOf(value as Uint8Array<ArrayBuffer>);
      this.noteMemory(pointer, value);
      return pointer;
    }) as typeof addressOf;
    Deno.dlopen = ((file: string, symbols: Deno.ForeignLibraryInterface) => {
      const library = dlopen(file, symbols);
      const calls = Object.entries(library.symbols as Record<string, Call | null>).map(([name, call]) =>
        [name, call && this.watch(name, call)] as const
      );
      return { symbols: Object.fromEntries(calls), close: () => library.close() };
    }) as typeof dlopen;
  }

  /** Memory that may be handed over from now on, for as long as it lives. */
  noteMemory(pointer: Pointer, view: ArrayBufferView): void {
    if (view.byteLength <= MAX_MOVED_BYTES) return this.#note("memory that may be moved");
    const start = Deno.UnsafePointer.value(pointer);
    const end = start + BigInt(view.byteLength);
    this.#ranges.set(start, { start, end, buffer: new WeakRef(view.buffer) });
  }

  /** A function that looks at its arguments first. */
  watch(name: string, call: Call): Call {
    const touched = MEMORY[name];
    const descriptors = DESCRIPTORS[name] ?? [];
    const objects = objectsOf(name);
    return (...args) => {
      // Not behind the call: whoever made it asks for its error number at once.
      if (++this.#calls >= this.#nextCollection) this.#collect();
      for (const [at, bytes] of touched?.(args) ?? []) this.#checkMemory(name, args[at] as Pointer, bytes);
      for (const at of descriptors) {
        if (!this.#descriptors.has(args[at] as number)) this.#note(`${name}: a descriptor that is not open`);
      }
      for (const [at, kind] of objects) this.#checkObject(name, args[at] as Pointer, kind);
      this.#noteClosed(name, args);
      const result = call(...args);
      this.#noteOpened(name, args, result);
      return result;
    };
  }

  /** What was found so far. */
  findings(): Findings {
    const left: Record<string, number> = {};
    if (this.#descriptors.size > 0) left["descriptor"] = this.#descriptors.size;
    for (const [key, count] of this.#owned) {
      const [kind = ""] = key.split(" ");
      left[kind] = (left[kind] ?? 0) + count;
    }
    const problems = Object.fromEntries(this.#problems);
    return { problems, calls: this.#calls, collections: this.#collections, left };
  }

  #collect(): void {
    this.#nextCollection = this.#calls + Math.ceil(2 * Math.random() * this.#collectEvery);
    this.#collections++;
    (globalThis as { gc?: () => void }).gc?.();
  }

  #note(problem: string): void {
    this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
  }

  #checkMemory(name: string, pointer: Pointer, bytes: number): void {
    if (pointer === null) return;
    const start = Deno.UnsafePointer.value(pointer);
    for (const range of this.#ranges.values()) {
      if (start < range.start || start >= range.end) continue;
      const buffer = range.buffer.deref();
      if (buffer === undefined || (buffer as ArrayBuffer).detached) {
        this.#ranges.delete(range.start);
        continue;
      }
      if (start + BigInt(bytes) > range.end) this.#note(`${name}: more bytes than there are`);
      return;
    }
    this.#note(`${name}: memory that is not there any more`);
  }

  #checkObject(name: string, pointer: Pointer, kind: Kind): void {
    if (pointer === null) {
      if (FREED[name] === undefined) this.#note(`${name}: no ${kind}`);
    } else if (!this.#owned.has(keyOf(kind, pointer))) this.#note(`${name}: a ${kind} that is freed`);
  }

  #noteClosed(name: string, args: Arguments): void {
    const kind = FREED[name];
    const pointer = args[0] as Pointer;
    if (kind !== undefined && pointer !== null) {
      const key = keyOf(kind, pointer);
      const count = this.#owned.get(key) ?? 0;
      if (count > 1) this.#owned.set(key, count - 1);
      else this.#owned.delete(key);
      if (kind === "connection") this.#onDescriptor.delete(Deno.UnsafePointer.value(pointer));
    }
    if (name !== "close") return;
    const fd = args[0] as number;
    this.#descriptors.delete(fd);
    if ([...this.#onDescriptor.values()].includes(fd)) this.#note("close: TLS is still on the descriptor");
  }

  #noteOpened(name: string, args: Arguments, result: unknown): void {
    if ((name === "socket" || name === "epoll_create1") && result as number >= 0) {
      this.#descriptors.add(result as number);
    }
    if (name === "SSL_set_fd") {
      this.#onDescriptor.set(Deno.UnsafePointer.value(args[0] as Pointer), args[1] as number);
    }
    const kind = MADE[name];
    if (kind === undefined || result === null) return;
    const key = keyOf(kind, result as Pointer);
    this.#owned.set(key, (this.#owned.get(key) ?? 0) + 1);
  }
}

function keyOf(kind: Kind, pointer: Pointer): string {
  return `${kind} ${Deno.UnsafePointer.value(pointer)}`;
}
