/**
 * Options of runs on several machines.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { byteSize, count, duration, path, text, toggle } from "../options/option_types.ts";
import { defineOptions, type OptionType } from "../options/option.ts";
import type { ValuesOf } from "../options/option.ts";

/** Where a master listens unless told otherwise. */
export const DEFAULT_PORT = 9220;

/** `HOST:PORT`, `ws://HOST:PORT` or `wss://HOST:PORT`, as a URL with its port. */
const masterAddress: OptionType<string> = {
  label: "HOST:PORT",
  parse(given) {
    const [, scheme = "ws", host = "", port = String(DEFAULT_PORT)] =
      /^(?:(wss?):\/\/)?(\[[0-9a-f:.]+\]|[^\s/?#@:]+)(?::(\d{1,5}))?\/?$/i.exec(given.trim()) ?? [];
    const url = `${scheme.toLowerCase()}://${host}:${port}`;
    if (host === "" || !URL.canParse(url)) {
      throw new UsageError("expected HOST:PORT of a master, or wss://HOST:PORT");
    }
    return url;
  },
};

/** A name that can be part of a NATS subject. */
const runId: OptionType<string> = {
  label: "ID",
  parse(given) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(given)) {
      throw new UsageError("expected letters, digits, - and _, at most 64 of them");
    }
    return given;
  },
};

const natsUrl: OptionType<string> = {
  label: "URL",
  parse(given) {
    if (!/^(?:nats|tls):\/\/[^\s]+$/i.test(given) || !URL.canParse(given.replace(/^\w+/, "http"))) {
      throw new UsageError("expected nats://[USER:PASSWORD@]HOST:PORT or tls://…");
    }
    return given;
  },
};

const targetPattern: OptionType<string> = {
  label: "HOST",
  parse(given) {
    if (!/^(?:\*\.)?[A-Za-z0-9._-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](?::\d{1,5})?$/.test(given)) {
      throw new UsageError("expected a host such as api.test, *.test, 10.0.0.7 or [::1], perhaps with :PORT");
    }
    return given;
  },
};

/** The table. */
export const fleetOptions = defineOptions({
  master: {
    long: "--master",
    type: toggle,
    group: "Fleet",
    default: false,
    requires: ["expectWorkers"],
    conflicts: ["worker"],
    help: "Send the load from other machines, and report here",
  },
  expectWorkers: {
    long: "--expect-workers",
    type: count({ min: 1, max: 100_000 }),
    group: "Fleet",
    requires: ["master"],
    help: "Number of workers to wait for; they share the load",
  },
  worker: {
    long: "--worker",
    type: masterAddress,
    group: "Fleet",
    conflicts: ["nats"],
    help: "Send load for the master at HOST:PORT; wss://HOST:PORT: over TLS",
  },
  bind: {
    long: "--bind",
    type: text("ADDR"),
    group: "Fleet",
    default: "127.0.0.1",
    requires: ["master"],
    help: "Address that the master listens on; anything but loopback needs a secret",
  },
  port: {
    long: "--port",
    type: count({ min: 0, max: 65_535 }),
    group: "Fleet",
    default: DEFAULT_PORT,
    requires: ["master"],
    help: "Port that the master listens on; 0 picks a free one",
  },
  secret: {
    long: "--secret",
    type: text("TEXT"),
    group: "Fleet",
    secret: true,
    conflicts: ["secretFile"],
    help: "Secret shared by master and workers; visible in `ps`, so prefer BENCH_SECRET",
  },
  workerSecret: {
    long: "--worker-secret",
    type: text("TEXT"),
    group: "Fleet",
    secret: true,
    conflicts: ["secret", "secretFile"],
    help: "The name that pywrkr has for --secret; BENCH_WORKER_SECRET",
  },
  secretFile: {
    long: "--secret-file",
    type: path(),
    group: "Fleet",
    help: "File with the shared secret",
  },
  clusterCert: {
    long: "--cluster-cert",
    type: path(),
    group: "Fleet",
    requires: ["clusterKey"],
    help: "The master's TLS certificate, PEM; with --nats the client's own",
  },
  clusterKey: {
    long: "--cluster-key",
    type: path(),
    group: "Fleet",
    requires: ["clusterCert"],
    help: "Key of --cluster-cert, PEM",
  },
  clusterCa: {
    long: "--cluster-ca",
    type: path(),
    group: "Fleet",
    help: "Also trust these roots (PEM) for the master's or the NATS server's certificate",
  },
  allowTarget: {
    long: "--allow-target",
    type: targetPattern,
    group: "Fleet",
    repeat: true,
    help: "Hosts that this worker may send load to (*.example.com, HOST:PORT)",
  },
  allowCode: {
    long: "--allow-code",
    type: toggle,
    group: "Fleet",
    default: false,
    help: "Let a master send modules to this worker: code that can do whatever this process can",
  },
  maxConnections: {
    long: "--max-connections",
    type: count({ min: 1 }),
    group: "Fleet",
    defaultLabel: "10000",
    help: "Maximum connections that this worker opens for a master",
  },
  maxData: {
    long: "--max-data",
    type: byteSize(),
    group: "Fleet",
    defaultLabel: "32MiB",
    help: "Maximum memory for a plan, its data and its bodies on this worker",
  },
  maxDuration: {
    long: "--max-duration",
    type: duration(),
    group: "Fleet",
    defaultLabel: "24h",
    help: "Longest run that this worker accepts",
  },
  stay: {
    long: "--stay",
    type: toggle,
    group: "Fleet",
    default: false,
    help: "Wait for the next run instead of exiting",
  },
  workerName: {
    long: "--worker-name",
    type: text("NAME"),
    group: "Fleet",
    defaultLabel: "host name",
    help: "Name of this worker in reports",
  },
  tolerateLost: {
    long: "--tolerate-lost",
    type: count({ min: 0, max: 100_000 }),
    group: "Fleet",
    default: 0,
    requires: ["master"],
    help: "Number of workers that may be lost without failing the run",
  },
  joinTimeout: {
    long: "--join-timeout",
    type: duration(),
    group: "Fleet",
    default: 300_000,
    help: "How long master and workers wait for each other",
  },
  silence: {
    long: "--silence",
    type: duration(),
    group: "Fleet",
    default: 8000,
    help: "Silence after which the other end counts as lost",
  },
  nats: {
    long: "--nats",
    type: natsUrl,
    group: "Fleet",
    secret: true,
    requires: ["runId"],
    help: "Meet on a NATS server, nats:// or tls://[USER:PASSWORD@]HOST:PORT; without --master as a worker",
  },
  runId: {
    long: "--run-id",
    type: runId,
    group: "Fleet",
    requires: ["nats"],
    help: "Name under which master and workers meet on the NATS server",
  },
  natsCreds: {
    long: "--nats-creds",
    type: path(),
    group: "Fleet",
    requires: ["nats"],
    help: "Credentials file (JWT and key) for the NATS server",
  },
});

/** What the table yields. */
export type FleetValues = ValuesOf<typeof fleetOptions>;

/** Whether this process sends load for a master. */
export function isWorker({ master, worker, nats }: Pick<FleetValues, "master" | "worker" | "nats">): boolean {
  return worker !== undefined || (nats !== undefined && !master);
}

/** What the values contradict, a sentence each. */
export function checkFleetOptions(values: FleetValues): readonly string[] {
  const problems: string[] = [];
  const { master, nats, bind, secretFile, workerSecret } = values;
  const secret = values.secret ?? workerSecret;
  const hasSecret = secret !== undefined || secretFile !== undefined;
  if (master && nats === undefined && !isLoopback(bind) && !hasSecret) {
    problems.push(
      `--bind ${bind} is reachable from other machines: give a shared secret with --secret-file or BENCH_SECRET`,
    );
  }
  if (secret !== undefined && secret.length < 8) {
    problems.push(
      `${workerSecret === undefined ? "--secret" : "--worker-secret"}: expected at least 8 characters`,
    );
  }
  if (isWorker(values)) return problems;
  if (values.allowTarget.length > 0) problems.push("--allow-target needs --worker");
  if (values.allowCode) problems.push("--allow-code needs --worker");
  if (values.maxConnections !== undefined) problems.push("--max-connections needs --worker");
  if (values.maxData !== undefined) problems.push("--max-data needs --worker");
  if (values.maxDuration !== undefined) problems.push("--max-duration needs --worker");
  if (values.stay) problems.push("--stay needs --worker");
  if (values.workerName !== undefined) problems.push("--worker-name needs --worker");
  return problems;
}

/** Whether an address can be reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|::1|\[::1\]|localhost)$/i.test(address);
}
