/**
 * What is taken from a field, header or form that is named like a secret is one, whatever a scenario calls it, and so is
 * what is made of it.
 */
import { createHash } from "node:crypto";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { certificate } from "../_support/certificates.ts";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";

const CANARY = "canary8472";
const BODY = JSON.stringify({ access_token: CANARY, page: '<input name="csrf" value="canary8472">' });

/** What steps make of the canary, as it goes over the network. */
const MADE = [
  btoa(CANARY),
  btoa(`user:${CANARY}`),
  createHash("sha256").update(CANARY).digest("hex"),
  CANARY.toUpperCase(),
  [...CANARY].map((letter) => letter.charCodeAt(0).toString(16)).join(""),
];

const STEPS = [
  {
    path: "/login",
    extract: {
      one: { json: "$.access_token" },
      two: { header: "X-Auth-Token" },
      three: { regex: "name=..csrf.. value=..([a-z0-9]+)" },
    },
  },
  { path: "/use/${one}", method: "POST", headers: { "X-Two": "${two}" }, body: "v=${three}" },
  {
    path: "/use?h=${sha256(one)}",
    method: "POST",
    headers: { "X-Four": "${base64(two)}", "X-Basic": "${base64(concat('user:', three))}" },
    form: { upper: "${upper(one)}" },
  },
  { path: "/use", method: "POST", multipart: { five: "${hex(three)}" } },
];

for (const tls of [false, true]) {
  Deno.test(`extracted secrets stay secret, ${tls ? "before an untrusted server" : "in outputs"}`, async () => {
    const received: string[] = [];
    await using server = await startRawServer((connection, { head, body }) => {
      received.push(head + new TextDecoder().decode(body));
      return connection.send(response(BODY, { headers: [`X-Auth-Token: ${CANARY}`] }));
    }, tls ? { tls: certificate("self_signed") } : {});
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/s.json`;
      await Deno.writeTextFile(file, JSON.stringify({ base_url: server.origin, steps: STEPS }));
      const check = await program(["--check", "--scenario", file]);
      const run = await program([
        "-n",
        "4",
        "-c",
        "1",
        "-t",
        "1",
        "-v",
        "4",
        "--scenario",
        file,
        "--json",
        "-",
      ]);
      const texts = [check.out, check.err, run.out, run.err];
      for (const secret of [CANARY, ...MADE]) {
        assertEquals(texts.filter((text) => text.includes(secret)), [], secret);
        assertEquals(received.some((text) => text.includes(secret)), !tls, secret);
      }
      if (tls) assertStringIncludes(run.err, "found header x-two, ${one}, ${three}");
      else assertStringIncludes(check.out, "/use/***");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
