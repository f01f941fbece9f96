/** The Pushgateway exporter, also with a real Pushgateway. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { deliver } from "../../src/export/deliver.ts";
import { groupPath, pushgatewayExporter } from "../../src/export/pushgateway.ts";
import { peerTest } from "../_support/peers.ts";
import { startPushgateway } from "./pushgateway_server.ts";
import { exportContext, exportValues, finalFrame } from "./sample_run.ts";

Deno.test("groupPath() gives every tag its place, values that a path cannot carry in base64", () => {
  assertEquals(groupPath("bench", {}), "/metrics/job/bench");
  assertEquals(groupPath("bench", { b: "2 ü", a: "" }), "/metrics/job/bench/a@base64/=/b/2%20%C3%BC");
  assertEquals(groupPath("bench", { dots: ".." }), "/metrics/job/bench/dots@base64/Li4=");
  assertEquals(groupPath("bench", { job: "nightly", "a.b": "x" }), "/metrics/job/nightly/a_b/x");
});

Deno.test("the Pushgateway exporter puts its path behind the URL's and takes credentials out", async () => {
  const pushgateway = "http://me:pw@a:9091/gateway//";
  const encode = await pushgatewayExporter.open(
    exportValues({ pushgateway }),
    exportContext({ tags: { r: "eu" } }),
  );
  const step = encode?.(finalFrame({ labels: { step_users: "5" } }));
  assert(step?.kind === "http");
  assertEquals(step.url, "http://a:9091/gateway/metrics/job/bench/r/eu/step_users/5");
  assert(!/step_users/.test(String(step.body)));
  const post = encode?.(finalFrame());
  assert(post?.kind === "http");
  assertEquals(post.url, "http://a:9091/gateway/metrics/job/bench/r/eu");
  assertEquals([post.method, post.headers.authorization], ["PUT", `Basic ${btoa("me:pw")}`]);
});

Deno.test("the Pushgateway exporter takes a URL that names its group as it is", async () => {
  const pushgateway = "http://a:9091/metrics/job/load/instance/n1";
  for (const given of [pushgateway, `${pushgateway}/`]) {
    const encode = await pushgatewayExporter.open(
      exportValues({ pushgateway: given }),
      exportContext({ tags: { r: "eu" } }),
    );
    const post = encode?.(finalFrame({ labels: { step_users: "5" } }));
    assert(post?.kind === "http");
    assertEquals([post.method, post.url], ["PUT", given]);
    assertStringIncludes(String(post.body), 'r="eu"');
    assertStringIncludes(String(post.body), 'step_users="5"');
  }
});

peerTest("a real Pushgateway keeps one group for each set of tags", ["prometheus-pushgateway"], async () => {
  await using gateway = await startPushgateway();
  const pushgateway = gateway.url;
  const push = async (tags: Record<string, string>, scope: "interval" | "final") => {
    const encode = await pushgatewayExporter.open(exportValues({ pushgateway }), exportContext({ tags }));
    const delivery = await deliver(encode!(finalFrame({ scope })), new AbortController().signal);
    assertEquals(delivery, { isDelivered: true });
  };
  const awkward = { "build.id": "a/b", note: 'say "hi"\\\nyou', empty: "", ü: "ö" };
  await push({ region: "us" }, "interval");
  await push({ region: "us" }, "final");
  await push({ region: "eu" }, "final");
  await push(awkward, "final");
  const page = await (await fetch(`${pushgateway}/metrics`)).text();
  const requests = page.split("\n").filter((line) => line.startsWith("bench_requests_total{"));
  assertEquals(requests.length, 3);
  for (const part of ['job="bench"', 'region="us"', " 1010"]) {
    assertStringIncludes(requests.join("\n"), part);
  }
  assertStringIncludes(requests.join("\n"), String.raw`build_id="a/b"`);
  assertStringIncludes(requests.join("\n"), String.raw`note="say \"hi\"\\\nyou"`);
  // A push replaces its group: no gauge of the interval is left beside the final one.
  const rates = page.split("\n").filter((line) => /^bench_requests_per_sec\{.*region="us"/.test(line));
  assertEquals(rates.map((line) => /export="(\w+)"/.exec(line)?.[1]), ["final"]);
  assertStringIncludes(page, "# TYPE bench_requests_total counter");
  assertStringIncludes(page, "# TYPE bench_latency_p99_ms gauge");
});
