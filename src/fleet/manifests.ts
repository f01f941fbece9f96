/**
 * A fleet as Kubernetes objects: a Secret with the shared secret and the benchmark's options, a Service by which workers
 * find the master, a Job for the master and an indexed Job for the workers. Nothing secret is in an argument.
 *
 * @module
 */
import { DEFAULT_PORT } from "./fleet_options.ts";

/** What is to be rolled out. */
export interface ManifestPlan {
  /** Names of all objects begin with it. */
  readonly name: string;
  readonly namespace?: string;
  readonly image: string;
  /** Workers. */
  readonly nodes: number;
  /** CPUs and memory of each worker, as Kubernetes writes them. */
  readonly cpu: string;
  readonly memory: string;
  /** The secret that master and workers share. */
  readonly secret: string;
  /** The text of the benchmark's configuration file. */
  readonly config: string;
  /** Flags that a configuration file cannot say. */
  readonly flags: readonly string[];
  /** How long the finished Jobs stay, in seconds. */
  readonly keepSec: number;
}

/** A Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

const CONFIG_DIRECTORY = "/etc/bench";

/** The objects, in the order in which they are to be created. */
export function fleetManifests(plan: ManifestPlan): readonly Manifest[] {
  const { name, nodes } = plan;
  const master = `${name}-master`;
  const metadata = (own: string, part: string) => ({
    name: own,
    ...(plan.namespace !== undefined && { namespace: plan.namespace }),
    labels: labels(name, part),
  });
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: metadata(name, "secret"),
      type: "Opaque",
      stringData: { secret: plan.secret, "bench.yaml": plan.config },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata(master, "master"),
      spec: {
        selector: labels(name, "master"),
        ports: [{ name: "fleet", port: DEFAULT_PORT, targetPort: DEFAULT_PORT, protocol: "TCP" }],
      },
    },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: metadata(master, "master"),
      spec: {
        ...jobOf(plan),
        template: podOf(plan, "master", {
          args: [
            "--master",
            "--expect-workers",
            String(nodes),
            "--bind",
            "0.0.0.0",
            "--config",
            `${CONFIG_DIRECTORY}/bench.yaml`,
            ...plan.flags,
          ],
          ports: [{ name: "fleet", containerPort: DEFAULT_PORT, protocol: "TCP" }],
          volumeMounts: [{ name: "config", mountPath: CONFIG_DIRECTORY, readOnly: true }],
          resources: { requests: { cpu: "1", memory: "512Mi" }, limits: { memory: "2Gi" } },
        }),
      },
    },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: metadata(`${name}-worker`, "worker"),
      spec: {
        ...jobOf(plan),
        completionMode: "Indexed",
        completions: nodes,
        parallelism: nodes,
        template: podOf(plan, "worker", {
          args: ["--worker", `${master}:${DEFAULT_PORT}`],
          resources: {
            requests: { cpu: plan.cpu, memory: plan.memory },
            limits: { memory: plan.memory },
          },
        }),
      },
    },
  ];
}

function labels(name: string, part: string): Readonly<Record<string, string>> {
  return {
    "app.kubernetes.io/name": "bench",
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/component": part,
  };
}

/** A run is not repeated by itself: half of one and half of another would be no measurement. */
function jobOf({ keepSec }: ManifestPlan): Readonly<Record<string, unknown>> {
  return { backoffLimit: 0, ttlSecondsAfterFinished: keepSec };
}

function podOf(
  { name, image }: ManifestPlan,
  part: "master" | "worker",
  container: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isMaster = part === "master";
  return {
    metadata: { labels: labels(name, part) },
    spec: {
      restartPolicy: "Never",
      // Else the Service's own variables, such as BENCH_MASTER_PORT, would be taken for options.
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{
            weight: 100,
            podAffinityTerm: {
              topologyKey: "kubernetes.io/hostname",
              labelSelector: {
                matchLabels: { "app.kubernetes.io/name": "bench", "app.kubernetes.io/instance": name },
              },
            },
          }],
        },
      },
      containers: [{
        name: part,
        image,
        env: [
          { name: "BENCH_SECRET", valueFrom: { secretKeyRef: { name, key: "secret" } } },
          ...(isMaster
            ? []
            : [{ name: "BENCH_WORKER_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }]),
        ],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        ...container,
      }],
      ...(isMaster && {
        volumes: [{
          name: "config",
          secret: { secretName: name, items: [{ key: "bench.yaml", path: "bench.yaml" }] },
        }],
      }),
    },
  };
}
