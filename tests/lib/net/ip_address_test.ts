/** Addresses are told from names in one way, whoever asks. */
import { assertEquals } from "@std/assert";
import { isIpAddress } from "../../../src/lib/net/ip_address.ts";

for (
  const [host, isAddress] of [
    ["127.0.0.1", true],
    ["[::1]", true],
    ["::1", true],
    ["fe80::1%eth0", true],
    ["localhost", false],
    ["1.example", false],
    ["10.0.0.1.example.com", false],
    ["", false],
  ] as const
) {
  Deno.test(`isIpAddress("${host}") is ${isAddress}`, () => assertEquals(isIpAddress(host), isAddress));
}

Deno.test("no other file of src has a pattern for addresses of its own", async () => {
  const found: string[] = [];
  const walk = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await walk(new URL(`${name}/`, folder));
      else if ((await Deno.readTextFile(new URL(name, folder))).includes("^[\\d.]+$")) found.push(name);
    }
  };
  await walk(new URL("../../../src/", import.meta.url));
  assertEquals(found, ["ip_address.ts"]);
});
