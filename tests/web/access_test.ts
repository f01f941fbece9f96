/** Who may look at a run's page, and who may change the run. */
import { assertEquals } from "@std/assert";
import { accessOf, type Asking } from "../../src/web/access.ts";

const NOBODY: Asking = { host: "127.0.0.1:5000", authorization: undefined, token: null };
const TOKEN = "0123456789abcdef";

for (
  const [title, asking, isLoopback, mayLook, mayChange] of [
    ["who is on the machine may look", {}, true, true, false],
    ["localhost is this machine", { host: "localhost:5000" }, true, true, false],
    ["so is ::1", { host: "[::1]:5000" }, true, true, false],
    ["the token in the URL changes the run", { token: TOKEN }, true, true, true],
    ["so does a bearer", { authorization: `Bearer ${TOKEN}` }, true, true, true],
    ["a wrong token changes nothing", { token: "0123456789abcdee" }, true, true, false],
    ["an empty one neither", { token: "" }, true, true, false],
    ["a foreign name that leads here sees nothing", { host: "evil.test", token: TOKEN }, true, false, false],
    ["a name that only begins so neither", { host: "127.0.0.1.evil.test" }, true, false, false],
    ["beyond the machine nobody looks without the token", { host: "bench.test" }, false, false, false],
    ["with it they do", { host: "bench.test", token: TOKEN }, false, true, true],
    ["a local name is no proof there", { host: "localhost" }, false, false, false],
  ] as const
) {
  Deno.test(`accessOf(): ${title}`, () => {
    assertEquals(accessOf({ ...NOBODY, ...asking }, { isLoopback, token: TOKEN }), { mayLook, mayChange });
  });
}
