/** Whether a server is trusted, before a credential is sent to it. */
import { assertEquals, assertRejects } from "@std/assert";
import { settleTls } from "../../../src/run/compose/tls_policy.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import type { HttpStep } from "../../../src/plan/http_step.ts";
import { certificate, type CertificateName, ROOT } from "../../_support/certificates.ts";
import { planFor } from "../../_support/plan.ts";
import { type RawServer, response, startRawServer } from "../../_support/raw_server.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const LOAD = { kind: "duration", connections: 1, durationMs: 1 } as const;
const WISHES = { sslVerify: false, insecure: false };

function startServer(name: CertificateName): Promise<RawServer> {
  return startRawServer((connection) => connection.send(response("hi")), { tls: certificate(name) });
}

function planTo(servers: readonly RawServer[], headers: readonly (readonly [string, string])[] = []) {
  return planFor(servers.map(({ origin }) => `${origin}/`), LOAD, {
    client: { tls: { verify: true, caCerts: [ROOT] } },
    step: { headers },
  });
}

Deno.test("settleTls() trusts all servers or none", async () => {
  await using good = await startServer("server");
  await using bad = await startServer("wrong_name");
  const both = await settleTls(planTo([good, good]), WISHES);
  assertEquals([both.plan.client.tls.verify, both.certificate?.isTrusted, both.notes], [true, true, []]);
  const { plan, certificate: shown, notes } = await settleTls(planTo([good, bad]), WISHES);
  const untrusted = "The certificate of localhost is not trusted: it is for a different name";
  assertEquals([plan.client.tls.verify, shown?.isTrusted], [false, false]);
  assertEquals(notes, [{ level: "warning", text: `${untrusted}. The run went on without verification.` }]);
});

Deno.test("settleTls() refuses when one of several servers is not trusted and must be", async () => {
  await using good = await startServer("server");
  await using bad = await startServer("expired");
  const untrusted = "The certificate of localhost is not trusted: it has expired";
  await assertRejects(
    () => settleTls(planTo([good, bad]), { ...WISHES, sslVerify: true }),
    UsageError,
    `${untrusted}; renew it, or leave out --ssl-verify`,
  );
  const withToken = planTo([good, bad], [["Authorization", "Basic x"]]);
  await assertRejects(() => settleTls(withToken, WISHES), UsageError, `${untrusted}, so no credentials`);
  const { plan } = await settleTls(withToken, { ...WISHES, insecure: true });
  assertEquals(plan.client.tls.verify, false);
});

Deno.test("settleTls() sends no credential to a server that is not trusted, wherever it stands", async () => {
  await using bad = await startServer("wrong_name");
  await using temp = await tempDir();
  const file = `${temp.path}/file`;
  await Deno.writeTextFile(file, '{"password": "x"}');
  const steps: readonly [Partial<HttpStep>, string][] = [
    [{ headers: [["Ocp-Apim-Subscription-Key", "x"]] }, "header ocp-apim-subscription-key"],
    [{ url: `${bad.origin}/?api_key=x` }, "parameter api_key"],
    [{ url: `${bad.origin}/a;jsessionid=x` }, "parameter jsessionid"],
    [{ url: `${bad.origin}/\${env(PW)}`, isTemplate: true }, "${env(PW)}"],
    [{ body: { kind: "text", text: '{"password":"x"}' } }, "field password"],
    [{ body: { kind: "text", text: "user=a&client_secret=x" } }, "field client_secret"],
    [{ body: { kind: "file", path: file, bytes: 17 } }, "field password"],
  ];
  for (const [step, found] of steps) {
    const plan = planFor(`${bad.origin}/`, LOAD, {
      client: { tls: { verify: true, caCerts: [ROOT] } },
      step,
    });
    await assertRejects(
      () => settleTls(plan, WISHES),
      UsageError,
      `no credentials are sent to it (found ${found})`,
    );
    assertEquals((await settleTls(plan, { ...WISHES, insecure: true })).plan.client.tls.verify, false);
  }
});
