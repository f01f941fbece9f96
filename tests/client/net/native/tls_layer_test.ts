/** How results of OpenSSL are read: what is nothing yet, the end, or a failure, and what is freed. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { loadLibc } from "../../../../src/client/net/native/libc.ts";
import type { OpenSsl } from "../../../../src/client/net/native/openssl.ts";
import { threadPoller } from "../../../../src/client/net/native/poller.ts";
import { SSL_ERROR } from "../../../../src/client/net/native/tls_errors.ts";
import { TlsLayer } from "../../../../src/client/net/native/tls_layer.ts";
import { NOTHING_YET } from "../../../../src/client/net/socket.ts";

const options = { ignore: Deno.build.os !== "linux" || loadLibc() === null };

/** A result of a read, a write or a handshake: bytes, or an error of OpenSSL's. */
type Result = number | keyof typeof SSL_ERROR;

/** An OpenSSL that gives these results in turn and writes down what it is told to do. */
function scripted(
  results: readonly Result[],
  { pending = [], isResumed = 0 }: { readonly pending?: readonly number[]; readonly isResumed?: number } = {},
) {
  const calls: string[] = [];
  const left = [...results];
  const held = [...pending];
  let error = 0;
  const next = (): number => {
    const result = left.shift()!;
    if (typeof result === "number") return result;
    error = SSL_ERROR[result];
    return result === "zeroReturn" ? 0 : -1;
  };
  const noted = (name: string, result?: unknown) => () => {
    calls.push(name);
    return result;
  };
  const ssl = Deno.UnsafePointer.of(new Uint8Array(8))!;
  const openSsl = {
    SSL_new: () => ssl,
    SSL_set_fd: () => 1,
    SSL_connect: next,
    SSL_read: next,
    SSL_peek: next,
    SSL_write: next,
    SSL_has_pending: () => held.shift() ?? 0,
    SSL_session_reused: () => isResumed,
    SSL_get_error: () => error,
    SSL_shutdown: noted("shutdown", 1),
    SSL_free: noted("free"),
    ERR_clear_error: () => {},
    ERR_get_error: () => 1010n,
    SSL_ctrl: noted("server name", 1n),
    SSL_set_hostflags: noted("host flags"),
    SSL_set1_host: noted("host", 1),
    SSL_get0_param: () => ssl,
    X509_VERIFY_PARAM_set1_ip_asc: noted("address", 1),
  } as unknown as OpenSsl;
  const layer = new TlsLayer({ openSsl, poller: threadPoller()! }, ssl, 0);
  return { layer, calls, into: ssl };
}

Deno.test("a handshake waits, succeeds or fails, and may have resumed a session", options, () => {
  const { layer } = scripted(["wantRead", "wantWrite", 1], { isResumed: 1 });
  assertEquals([layer.shakeHands(), layer.shakeHands(), layer.shakeHands()], [false, false, true]);
  assertEquals(layer.isResumed(), true);
  assertThrows(() => scripted(["ssl"]).layer.shakeHands(), Error, "UnexpectedMessage");
});

Deno.test("a handshake that goes on after a close is a closed connection", options, () => {
  const { layer } = scripted([]);
  layer.close();
  assertThrows(() => layer.shakeHands(), Deno.errors.BadResource);
});

Deno.test("reading gives bytes, nothing yet, or the end", options, () => {
  const { layer, into } = scripted(["wantRead", 5, "wantRead", "zeroReturn"]);
  assertEquals([layer.receive(into, 100, "take"), layer.hasMore], [NOTHING_YET, false]);
  assertEquals([layer.receive(into, 100, "take"), layer.hasMore], [5, false]);
  assertEquals([layer.receive(into, 100, "take"), layer.hasMore], [NOTHING_YET, false]);
  assertEquals([layer.receive(into, 100, "take"), layer.hasMore], [null, true]);
});

Deno.test("records that wait in OpenSSL are read in one go, up to what there is room for", options, () => {
  const full = scripted([60, 40], { pending: [1] });
  assertEquals([full.layer.receive(full.into, 100, "take"), full.layer.hasMore], [100, true]);
  // An error behind bytes is left for the next read, which finds it again.
  const cut = scripted([60, "syscall"], { pending: [1] });
  assertEquals([cut.layer.receive(cut.into, 100, "take"), cut.layer.hasMore], [60, true]);
});

Deno.test("few bytes are all there was only if OpenSSL held none before", options, () => {
  const take = (
    { layer, into }: ReturnType<typeof scripted>,
  ) => [layer.receive(into, 100, "take"), layer.hasMore];
  // What came with the handshake.
  const fresh = scripted([5, 5]);
  assertEquals([take(fresh), take(fresh)], [[5, true], [5, false]]);
  // The rest of what there was no room for.
  const full = scripted(["wantRead", 100, 5, 5]);
  assertEquals([take(full), take(full), take(full), take(full)], [
    [NOTHING_YET, false],
    [100, true],
    [5, true],
    [5, false],
  ]);
  // A part of a record: its end is read by itself, whatever comes behind it.
  const part = scripted(["wantRead", 60, 5], { pending: [1] });
  assertEquals([take(part), take(part), take(part)], [[NOTHING_YET, false], [60, true], [5, false]]);
});

Deno.test("looking takes nothing, and more is to be expected", options, () => {
  const { layer, into } = scripted([3, "wantRead"]);
  assertEquals([layer.receive(into, 8, "peek"), layer.hasMore], [3, true]);
  assertEquals(layer.receive(into, 8, "peek"), NOTHING_YET);
});

Deno.test("writing sends some, or nothing yet, or fails", options, () => {
  const { layer, into } = scripted([7, "wantWrite", "ssl"]);
  assertEquals([layer.send(into, 10), layer.send(into, 10)], [7, NOTHING_YET]);
  assertThrows(() => layer.send(into, 10), Error, "UnexpectedMessage");
});

Deno.test(
  "a connection that stands is closed with a goodbye, a broken one without; both are freed once",
  options,
  () => {
    const whole = scripted([1]);
    whole.layer.shakeHands();
    whole.layer.close();
    whole.layer.close();
    assertEquals(whole.calls, ["shutdown", "free"]);
    const broken = scripted(["ssl"]);
    assertThrows(() => broken.layer.shakeHands());
    broken.layer.close();
    assertEquals(broken.calls, ["free"]);
  },
);

Deno.test("a server is expected by its name, and an address never sent as one", options, () => {
  const named = scripted([]);
  named.layer.expect({ serverName: "a.test" });
  assertEquals(named.calls, ["server name", "host flags", "host"]);
  const addressed = scripted([]);
  addressed.layer.expect({ serverName: "::1" });
  assertEquals(addressed.calls, ["address"]);
  assert(!addressed.calls.includes("server name"));
});
