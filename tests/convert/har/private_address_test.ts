/** Hosts that only somebody's own network knows. */
import { assertEquals } from "@std/assert";
import { isPrivateHost } from "../../../src/convert/har/private_address.ts";

const hostOf = (authority: string) => new URL(`http://${authority}/`).hostname;

Deno.test("isPrivateHost() knows this machine, this network and their disguises", () => {
  const hosts = [
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1"],
    ...["169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"],
    ...["2130706433", "0x7f.1", "0177.0.0.1", "127.1"],
    ...["[::]", "[::1]", "[::7f00:1]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::10.0.0.1]"],
    ...["[fe80::1]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]"],
    ...["localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "metadata.google.internal"],
    ...["router", "nas.lan", "nas.home.arpa"],
  ];
  for (const host of hosts) assertEquals(isPrivateHost(hostOf(host)), true, host);
});

Deno.test("isPrivateHost() lets public hosts be", () => {
  const hosts = [
    ...[
      "example.com",
      "example.com.",
      "localhost.example.com",
      "internal.example.com",
      "8.8.8.8",
      "172.32.0.1",
    ],
    ...[
      "172.15.0.1",
      "100.128.0.1",
      "169.253.0.1",
      "192.0.2.1",
      "[2001:4860:4860::8888]",
      "[::ffff:8.8.8.8]",
    ],
    ...["[64:ff9b::8.8.8.8]", "[fe00::1]", "[2001:db8:0:0:0:0:a00:1]"],
  ];
  for (const host of hosts) assertEquals(isPrivateHost(hostOf(host)), false, host);
});
