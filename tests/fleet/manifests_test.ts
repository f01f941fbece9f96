/** Manifests against Kubernetes' own schemas, and where the secret is. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Job } from "kubernetes-models/Job";
import { Secret } from "kubernetes-models/Secret";
import { Service } from "kubernetes-models/Service";
import { fleetManifests, type Manifest } from "../../src/fleet/manifests.ts";

const PLAN = {
  name: "shop",
  namespace: "load",
  image: "registry.test/bench:1",
  nodes: 20,
  cpu: "2",
  memory: "1Gi",
  secret: "the shared secret",
  config: "url: http://a.test/\nbasic-auth: me:hidden\n",
  flags: ["--live"],
  keepSec: 3600,
};

/** Checks an object against the schema that Kubernetes publishes for its kind. */
function validate(manifest: Manifest): void {
  const models = { Job, Secret, Service } as const;
  const Model = models[manifest.kind as keyof typeof models];
  new Model(manifest as never).validate();
}

Deno.test("the manifests are what Kubernetes' own schemas describe", () => {
  const manifests = fleetManifests(PLAN);
  assertEquals(manifests.map(({ kind }) => kind), ["Secret", "Service", "Job", "Job"]);
  for (const manifest of manifests) validate(manifest);
  const { namespace: _, ...anywhere } = PLAN;
  for (const manifest of fleetManifests(anywhere)) validate(manifest);
});

Deno.test("the schemas refuse what is wrong", () => {
  const [secret, , job] = fleetManifests(PLAN);
  assertThrows(() => validate({ ...secret!, stringData: { a: 1 } }));
  assertThrows(() => validate({ ...job!, spec: { backoffLimit: "0" } }));
});

Deno.test("secrets are in the Secret and nowhere else", () => {
  const [secret, ...others] = fleetManifests(PLAN);
  assertEquals(secret!.stringData, { secret: PLAN.secret, "bench.yaml": PLAN.config });
  const text = JSON.stringify(others);
  for (const part of [PLAN.secret, "hidden", "a.test"]) assert(!text.includes(part), part);
});

// deno-lint-ignore no-explicit-any -- the parts are checked one by one
const specsOf = (): readonly any[] => fleetManifests(PLAN).map(({ spec }) => spec);

Deno.test("workers are as many as asked for, apart from each other, and find the master by the service", () => {
  const [, service, master, worker] = specsOf();
  assertEquals([worker.completions, worker.parallelism, worker.completionMode], [20, 20, "Indexed"]);
  const [container] = worker.template.spec.containers;
  assertEquals(container.args, ["--worker", "shop-master:9220"]);
  assertEquals(container.resources.requests, { cpu: "2", memory: "1Gi" });
  const [rule] =
    worker.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  const { matchLabels } = rule.podAffinityTerm.labelSelector;
  for (const { template } of [master, worker]) {
    for (const [key, value] of Object.entries(matchLabels)) {
      assertEquals(template.metadata.labels[key], value);
    }
    assertEquals(template.spec.enableServiceLinks, false);
    assertEquals(template.spec.restartPolicy, "Never");
  }
  for (const [key, value] of Object.entries(service.selector)) {
    assertEquals(master.template.metadata.labels[key], value);
  }
  assert(
    service.selector["app.kubernetes.io/component"] !==
      worker.template.metadata.labels["app.kubernetes.io/component"],
  );
});

Deno.test("the master waits for all workers on its port, with the options mounted from the Secret", () => {
  const [, service, master] = specsOf();
  const { containers: [container], volumes: [volume] } = master.template.spec;
  assertEquals(container.args.slice(0, 3), ["--master", "--expect-workers", "20"]);
  assertEquals(container.args.slice(-3), ["--config", "/etc/bench/bench.yaml", "--live"]);
  assertEquals(container.ports[0].containerPort, service.ports[0].targetPort);
  assertEquals([container.volumeMounts[0].name, volume.secret.secretName], ["config", "shop"]);
});
