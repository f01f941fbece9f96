/** What is wrong with user info and port of a URL, in words that say what to write instead. */
import { assertEquals } from "@std/assert";
import { authorityProblem } from "../../../src/lib/net/authority_problem.ts";

const RANGE = "is not in the range from 1 to 65535";
const PORT = "expected a port from 1 to 65535 behind the colon";

for (
  const [url, problem] of [
    ["http://host/", undefined],
    ["http://host:1/", undefined],
    ["http://host:65535", undefined],
    ["http://host:65536/", `port 65536 ${RANGE}`],
    ["http://host:0/", `port 0 ${RANGE}`],
    ["http://host:/", undefined],
    ["http://host:80a/", PORT],
    ["http://host:-1/", PORT],
    ["http://[::1]:0/", `port 0 ${RANGE}`],
    ["http://[::1]/", undefined],
    ["http://a:b@host:99999/", `port 99999 ${RANGE}`],
    ["http://a:b@host:80/x:99999", undefined],
    ["http://me:a#b@host/", 'its user name or password holds "#": write it as %23'],
    ["http://me:a/b@host/", 'its user name or password holds "/": write it as %2F'],
    ["http://me:a?b@host/", 'its user name or password holds "?": write it as %3F'],
    ["http://host:80/a@b", undefined],
    ["http://host/?to=me:x@host", undefined],
    ["host:99999", `port 99999 ${RANGE}`],
    ["  http://host:0  ", `port 0 ${RANGE}`],
    [
      "http://[fe80::1%25eth0]:80/",
      "an address in a URL has no zone: give a name, and --resolve NAME:PORT:[ADDRESS%ZONE]",
    ],
  ] as const
) {
  Deno.test(`authorityProblem() of ${url}`, () => assertEquals(authorityProblem(url), problem));
}
