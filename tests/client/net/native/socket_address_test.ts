/** Socket addresses have the bytes that Linux expects. */
import { assertEquals, assertThrows } from "@std/assert";
import { loadLibc } from "../../../../src/client/net/native/libc.ts";
import { errorOf } from "../../../../src/client/net/native/errno.ts";
import { pinMemory } from "../../../../src/client/net/native/memory.ts";
import { familyOf, putIpAddress, putUnixPath } from "../../../../src/client/net/native/socket_address.ts";

const libc = Deno.build.os === "linux" ? loadLibc() : null;
const ignore = libc === null;

function ipBytes(address: string, port: number): readonly number[] {
  const memory = pinMemory(512);
  memory.bytes.fill(0xff);
  return [...memory.bytes.subarray(0, putIpAddress(libc!, memory, { address, port }))];
}

Deno.test({
  name: "putIpAddress() writes sockaddr_in and sockaddr_in6, ports in network order, what is unused as 0",
  ignore,
  fn() {
    assertEquals(ipBytes("127.0.0.1", 8080), [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const [family, zero, high, low, ...rest] = ipBytes("2001:db8::1", 65_535);
    assertEquals([family, zero, high, low], [10, 0, 255, 255]);
    assertEquals([ipBytes("fe80::1%lo", 80)[24], ipBytes("fe80::1%7", 80)[24]], [1, 7]);
    assertEquals(rest, [0, 0, 0, 0, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  },
});

Deno.test({
  name: "putIpAddress() refuses what is no address, and is not misled by the one before",
  ignore,
  fn() {
    for (const address of ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "::g%1", "1.2.3.4%lo"]) {
      assertThrows(() => ipBytes(address, 80), Error, "Not an address");
    }
    assertThrows(() => ipBytes("fe80::1%none-such", 80), Error, "no interface is called none-such");
    const memory = pinMemory(512);
    putIpAddress(libc!, memory, { address: "255.255.255.255", port: 1 });
    assertThrows(() => putIpAddress(libc!, memory, { address: "25", port: 1 }), Error, "Not an address: 25");
  },
});

Deno.test("putUnixPath() ends in a zero, and refuses a path that Linux would cut", () => {
  const memory = pinMemory(512);
  memory.bytes.fill(0xff);
  assertEquals(putUnixPath(memory, "/é"), 6);
  assertEquals([...memory.bytes.subarray(0, 6)], [1, 0, 0x2f, 0xc3, 0xa9, 0]);
  assertEquals(putUnixPath(memory, "x".repeat(107)), 110);
  assertThrows(() => putUnixPath(memory, "x".repeat(108)), Error, "SUN_LEN");
  assertThrows(() => putUnixPath(memory, "é".repeat(54)), Error, "SUN_LEN");
});

Deno.test("familyOf() goes by the colon", () => {
  assertEquals([familyOf("1.2.3.4"), familyOf("::1"), familyOf("::ffff:1.2.3.4")], [2, 10, 10]);
});

Deno.test({
  name: "errorOf() gives the classes and words of the platform",
  ignore,
  fn() {
    const refused = errorOf(libc!, 111);
    assertEquals(refused instanceof Deno.errors.ConnectionRefused, true);
    assertEquals(refused.message, "Connection refused (os error 111)");
    assertEquals(errorOf(libc!, 104) instanceof Deno.errors.ConnectionReset, true);
    assertEquals(errorOf(libc!, 24).message, "Too many open files (os error 24)");
  },
});
