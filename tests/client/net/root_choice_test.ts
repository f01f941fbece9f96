/** The roots that connections are checked against: never more than the platform has prepared, and the user's own. */
import { assertEquals, assertRejects } from "@std/assert";
import { RootChoice } from "../../../src/client/net/root_choice.ts";
import { type Roots, tlsOptions } from "../../../src/client/net/node_tls.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";

const TLS = { verify: true, caCerts: [ROOT] };

/** A server whose certificate these roots explain. */
function server(...explaining: Roots[]) {
  const tried: Roots[] = [];
  const open = (roots: Roots) => {
    tried.push(roots);
    return explaining.includes(roots)
      ? Promise.resolve(roots)
      : Promise.reject(new Error("invalid peer certificate: UnknownIssuer"));
  };
  return { tried, open };
}

/** Opens a connection as a dialer does: a second time where the choice says that it may help. */
async function openWith(choice: RootChoice, name: string, open: (roots: Roots) => Promise<unknown>) {
  for (;;) {
    const roots = choice.rootsFor(name);
    try {
      return await open(roots);
    } catch (error) {
      if (!choice.noteFailure(name, roots, error)) throw error;
    }
  }
}

Deno.test("RootChoice needs the user's own roots alone for a server of theirs", async () => {
  const choice = new RootChoice(TLS);
  const own = server("own");
  for (let i = 0; i < 3; i++) await openWith(choice, "a.test", own.open);
  assertEquals(own.tried, ["own", "own", "own"]);
});

Deno.test("RootChoice remembers which servers need the public roots", async () => {
  const choice = new RootChoice(TLS);
  const open = server("public");
  for (let i = 0; i < 3; i++) await openWith(choice, "a.test", open.open);
  assertEquals(open.tried, ["own", "public", "public", "public"]);
  const other = server("own");
  await openWith(choice, "b.test", other.open);
  assertEquals(other.tried, ["own"]);
});

Deno.test("RootChoice trusts nobody whom neither roots explain, and tries both again", async () => {
  const choice = new RootChoice(TLS);
  const none = server();
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => openWith(choice, "a.test", none.open), Error, "UnknownIssuer");
  }
  assertEquals(none.tried, ["own", "public", "own", "public"]);
});

Deno.test("RootChoice does not try again what failed of something else, or has no roots of its own", async () => {
  const refused: Roots[] = [];
  const refuse = (roots: Roots) => {
    refused.push(roots);
    return Promise.reject(new Error("Connection refused"));
  };
  await assertRejects(() => openWith(new RootChoice(TLS), "a.test", refuse));
  assertEquals(refused.splice(0), ["own"]);
  await assertRejects(() => openWith(new RootChoice({ verify: true, caCerts: [] }), "a.test", refuse));
  await assertRejects(() => openWith(new RootChoice({ verify: false, caCerts: [ROOT] }), "a.test", refuse));
  assertEquals(refused, ["public", "public"]);
});

Deno.test("a connection is handed no root that the platform has prepared", () => {
  const { cert, key } = certificate("client");
  assertEquals(tlsOptions({ ...TLS, cert, key }, "a.test", "own").ca, [ROOT]);
  assertEquals(tlsOptions({ ...TLS, cert, key }, "a.test", "public").ca, undefined);
});
