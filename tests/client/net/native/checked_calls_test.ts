/** The watch over calls of C code finds what is wrong with them: else its silence would say nothing. */
import { assertEquals } from "@std/assert";
import { CallChecker } from "../../../_support/native/checked_calls.ts";

function pinned(bytes: number) {
  const view = new Uint8Array(bytes);
  return { view, pointer: Deno.UnsafePointer.of(view) };
}

const object = Deno.UnsafePointer.create(0x1000n);
const other = Deno.UnsafePointer.create(0x2000n);

interface Case {
  readonly title: string;
  readonly problems: Readonly<Record<string, number>>;
  readonly left?: Readonly<Record<string, number>>;
  run(checker: CallChecker, call: (name: string, result: unknown, ...args: readonly unknown[]) => void): void;
}

const CASES: readonly Case[] = [
  {
    title: "memory that fits, on a descriptor that is open",
    problems: {},
    run(checker, call) {
      const { view, pointer } = pinned(100);
      checker.noteMemory(pointer, view);
      call("socket", 7, 2, 1, 0);
      call("recv", 100, 7, pointer, 100, 0);
      call("send", 50, 7, Deno.UnsafePointer.offset(pointer!, 50), 50, 0);
      call("close", 0, 7);
    },
  },
  {
    title: "a byte more than there is",
    problems: { "recv: more bytes than there are": 1 },
    left: { descriptor: 1 },
    run(checker, call) {
      const { view, pointer } = pinned(100);
      checker.noteMemory(pointer, view);
      call("socket", 7, 2, 1, 0);
      call("recv", 50, 7, Deno.UnsafePointer.offset(pointer!, 51), 50, 0);
    },
  },
  {
    title: "memory that was never handed out, was handed on, or may be moved",
    problems: { "clock_gettime: memory that is not there any more": 2, "memory that may be moved": 1 },
    run(checker, call) {
      call("clock_gettime", 0, 1, pinned(1024).pointer);
      const { view, pointer } = pinned(1024);
      checker.noteMemory(pointer, view);
      structuredClone(view, { transfer: [view.buffer] });
      call("clock_gettime", 0, 1, pointer);
      const small = pinned(16);
      checker.noteMemory(small.pointer, small.view);
    },
  },
  {
    title: "a descriptor that is closed twice, or used afterwards",
    problems: { "close: a descriptor that is not open": 1, "connect: a descriptor that is not open": 1 },
    run(_, call) {
      call("socket", 7, 2, 1, 0);
      call("close", 0, 7);
      call("close", 0, 7);
      call("connect", 0, 7, null, 16);
    },
  },
  {
    title: "a descriptor that is closed below TLS",
    problems: { "close: TLS is still on the descriptor": 1 },
    left: { connection: 1, context: 1 },
    run(_, call) {
      call("socket", 7, 2, 1, 0);
      call("SSL_CTX_new", object, null);
      call("SSL_new", other, object);
      call("SSL_set_fd", 1, other, 7);
      call("close", 0, 7);
    },
  },
  {
    title: "objects that are freed twice, used afterwards, or not there",
    problems: {
      "SSL_free: a connection that is freed": 1,
      "SSL_connect: a connection that is freed": 1,
      "SSL_shutdown: no connection": 1,
      "SSL_SESSION_free: a session that is freed": 1,
    },
    left: { context: 1 },
    run(_, call) {
      call("SSL_CTX_new", object, null);
      call("SSL_new", other, object);
      // Sessions are counted.
      call("SSL_get1_session", object, other);
      call("SSL_get1_session", object, other);
      call("SSL_SESSION_free", undefined, object);
      call("SSL_SESSION_free", undefined, object);
      call("SSL_SESSION_free", undefined, object);
      call("SSL_free", undefined, other);
      call("SSL_free", undefined, other);
      call("SSL_connect", 1, other);
      call("SSL_shutdown", 1, null);
      call("EVP_PKEY_free", undefined, null);
    },
  },
];

for (const { title, problems, left = {}, run } of CASES) {
  Deno.test(`calls of C code: ${title}`, () => {
    const checker = new CallChecker();
    let calls = 0;
    run(checker, (name, result, ...args) => {
      calls++;
      checker.watch(name, () => result)(...args);
    });
    assertEquals(checker.findings(), { problems, left, calls, collections: 0 });
  });
}
