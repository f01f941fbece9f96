/**
 * `bench k8s`: prints manifests that run a benchmark on many nodes of a Kubernetes cluster. It talks to no cluster.
 *
 * @module
 */
import { fleetOptions } from "../../fleet/fleet_options.ts";
import { newNonce } from "../../fleet/transport/secret.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec, GivenText } from "../../options/command_line.ts";
import { configKey, isSwitch } from "../../options/names.ts";
import { defineOptions, type OptionTable, type OptionType } from "../../options/option.ts";
import { count, duration, text } from "../../options/option_types.ts";
import type { Command, Door } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { mainOptions, readSettings } from "../../run/settings/settings.ts";
import { printError, printOut } from "../terminal.ts";

/** A text that must look like something. */
function matching(label: string, pattern: RegExp, expected: string): OptionType<string> {
  return {
    label,
    parse(given) {
      if (!pattern.test(given)) throw new UsageError(`expected ${expected}`);
      return given;
    },
  };
}

const dnsLabel = matching(
  "NAME",
  /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
  "a name of small letters, digits and -, at most 40, beginning with a letter",
);
const quantity = (label: string) =>
  matching(label, /^\d+(?:\.\d+)?(?:m|[kMGT]i?)?$/, "a Kubernetes quantity such as 2, 500m or 1Gi");

/** The table. */
const k8sOptions = defineOptions({
  nodes: {
    long: "--nodes",
    type: count({ min: 1, max: 10_000 }),
    group: "Fleet",
    default: 3,
    help: "Workers, each on its own machine if there are enough",
  },
  image: {
    long: "--image",
    type: text("IMAGE"),
    group: "Fleet",
    help: "Container image with bench as its entry point",
  },
  name: {
    long: "--name",
    type: dnsLabel,
    group: "Fleet",
    default: "bench",
    help: "Name of the objects",
  },
  namespace: {
    long: "--namespace",
    type: dnsLabel,
    group: "Fleet",
    help: "Namespace; absent: that of kubectl",
  },
  cpu: {
    long: "--cpu",
    type: quantity("CPUS"),
    group: "Fleet",
    default: "2",
    help: "CPUs requested for each worker",
  },
  memory: {
    long: "--memory",
    type: quantity("SIZE"),
    group: "Fleet",
    default: "1Gi",
    help: "Memory requested for each worker",
  },
  keep: {
    long: "--keep",
    type: duration({ min: 0 }),
    group: "Fleet",
    default: 86_400_000,
    help: "How long finished Jobs and their logs are kept",
  },
});

const spec: CommandSpec<typeof k8sOptions> = {
  name: "bench k8s",
  usage: "[OPTIONS] --image IMAGE -- BENCH-OPTIONS URL",
  summary: "Prints Kubernetes manifests that run a benchmark from many nodes.",
  options: k8sOptions,
  operands: { max: 1000, label: "argument" },
  sections: [{
    title: "Examples",
    rows: [
      ["bench k8s --nodes 20 --image registry/bench:1 -- -c 2000 -d 5m URL | kubectl apply -f -", "start it"],
      ["kubectl logs -f job/bench-master", "the report"],
      ["kubectl delete job,service,secret -l app.kubernetes.io/instance=bench", "clear up"],
    ],
  }],
  version: VERSION,
};

/** Prints the manifests. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  const at = argv.indexOf("--");
  const bench = await composeBenchmark(at === -1 ? [] : argv.slice(at + 1), door);
  const settings = await gatherCommandSettings(
    spec,
    at === -1 ? argv : argv.slice(0, at),
    ({ operands, values }) => [
      ...operands.map((word) => `"${escapeTerminal(word)}": expected the benchmark's options behind --`),
      ...(values.image === undefined ? ["--image: expected an image that contains bench"] : []),
      ...bench.problems,
    ],
  );
  if (settings === undefined) return EXIT.ok;
  const { values } = settings;
  const [{ fleetManifests }, { kubernetesYaml }] = await Promise.all([
    import("../../fleet/manifests.ts"),
    import("../../fleet/kubernetes_yaml.ts"),
  ]);
  for (const path of bench.files) {
    printError(
      `bench: "${escapeTerminal(path)}" is a path inside the master's container: the image must contain it\n`,
    );
  }
  const manifests = fleetManifests({
    name: values.name,
    image: values.image!,
    nodes: values.nodes,
    cpu: values.cpu,
    memory: values.memory,
    secret: newNonce(),
    config: kubernetesYaml(bench.config),
    flags: bench.flags,
    keepSec: Math.round(values.keep / 1000),
    ...(values.namespace !== undefined && { namespace: values.namespace }),
  });
  printOut(manifests.map((manifest) => `---\n${kubernetesYaml(manifest)}`).join(""));
  return EXIT.ok;
}

interface Benchmark {
  /** As a configuration file says it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What a configuration file cannot say. */
  readonly flags: readonly string[];
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** What the manifests tell the master besides the words; options may need it. */
const OF_THE_MANIFESTS = ["--master", "--expect-workers=1"];

/** A configuration file of the words' own is refused, so none is read. */
const WITHOUT_FILES = { environment: {}, readTextFile: () => Promise.resolve("{}") };

/** The benchmark's words as a configuration file, checked as the benchmark itself would. */
async function composeBenchmark(words: readonly string[], door: Door): Promise<Benchmark> {
  const reading = await readSettings(door.bench, [...OF_THE_MANIFESTS, ...words], WITHOUT_FILES);
  if (reading.kind !== "settings") {
    return { config: {}, flags: [], files: [], problems: [`${words.join(" ")}: nothing to run`] };
  }
  const { settings: { operands, problems } } = reading;
  const given = reading.given.slice(OF_THE_MANIFESTS.length);
  const own = given.filter(({ property }) => Object.hasOwn(fleetOptions, property));
  const config: Record<string, unknown> = {};
  for (const { property, text } of given) {
    const option = mainOptions[property as keyof typeof mainOptions] as Parameters<typeof isSwitch>[0];
    const key = configKey(option.long);
    if (text === null) continue;
    if (option.repeat) config[key] = [...(config[key] as string[] | undefined ?? []), text];
    else config[key] = isSwitch(option) ? text === "true" : text;
  }
  if (operands[0] !== undefined) config.url = operands[0];
  return {
    config,
    problems: [
      ...problems,
      ...own.filter(({ property }) => property !== "tolerateLost" && property !== "silence").map(({ flag }) =>
        `${flag} is set by the manifests`
      ),
      ...given.filter(({ property }) => property === "config").map(({ flag }) =>
        `${flag} is used by the manifests themselves`
      ),
      ...(given.length + operands.length === 0 ? ["Expected the benchmark's options behind --"] : []),
    ],
    flags: given.filter(({ text }) => text === null).map(({ flag }) => flag),
    files: given.flatMap((one) => inputFileIn(one) ?? []),
  };
}

/** The file that an option names to be read; `undefined`: it names none. */
function inputFileIn({ property, text }: GivenText): string | undefined {
  if (text === null) return undefined;
  if (property === "baseline") return text;
  if (property === "data") return text.replace(/^[^=]*=/, "");
  if (property === "trafficProfile") return /^csv:(.*)$/s.exec(text)?.[1];
  const option = (mainOptions as OptionTable)[property];
  return option?.type.isPath && !option.type.isOutput ? text : undefined;
}

/** `bench k8s`. */
export const k8sCommand: Command = { spec, run };
