/**
 * The registry of commands. Without one of these names, everything belongs to the benchmark itself.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { suggest } from "../lib/suggest.ts";
import { type Command, type CommandEntry, type Door, entryOf, wordsOf } from "./command.ts";
import { benchSpec } from "./help/bench_spec.ts";

/** Every command by the word that calls it. */
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: {
    usage: "",
    purpose: "a target with known behaviour, to practise on",
    load: async () => (await import("./commands/serve.ts")).serveCommand,
  },
  init: {
    usage: "[config|scenario|script|ci]",
    purpose: "a commented file to start from",
    load: async () => (await import("./commands/init.ts")).initCommand,
  },
  demo: {
    usage: "",
    purpose: "five seconds of load on that target",
    load: async () => (await import("./commands/demo.ts")).demoCommand,
  },
  compare: {
    usage: "BASELINE CURRENT",
    purpose: "compare saved results: what is more than noise",
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  },
  duel: {
    usage: "URL_A URL_B",
    purpose: "two servers or builds against each other, until the difference is known",
    load: async () => (await import("./comparing/duel.ts")).duelCommand,
  },
  noise: {
    usage: "[URL]",
    purpose: "how far equal runs lie apart on this machine",
    load: async () => (await import("./comparing/noise.ts")).noiseCommand,
  },
  summary: {
    usage: "RESULTS",
    purpose: "Markdown for a pull request, outputs for a workflow",
    load: async () => (await import("./commands/summary.ts")).summaryCommand,
  },
  report: {
    usage: "RESULTS",
    purpose: "any report of an earlier run, from its JSON",
    load: async () => (await import("./commands/report.ts")).reportCommand,
  },
  "har-import": {
    usage: "FILE",
    purpose: "a browser's recording becomes a scenario",
    load: async () => (await import("./commands/har_import.ts")).harImportCommand,
  },
  "openapi-import": {
    usage: "FILE",
    purpose: "an OpenAPI description becomes a scenario",
    load: async () => (await import("./commands/openapi_import.ts")).openapiImportCommand,
  },
  "postman-import": {
    usage: "FILE",
    purpose: "a Postman collection becomes a scenario",
    load: async () => (await import("./commands/postman_import.ts")).postmanImportCommand,
  },
  "curl-import": {
    usage: "'curl …'",
    purpose: "a curl command becomes a scenario",
    load: async () => (await import("./commands/curl_import.ts")).curlImportCommand,
  },
  "grpc-describe": {
    usage: "HOST:PORT [SERVICE]",
    purpose: "what a gRPC server offers, with messages to begin with",
    load: async () => (await import("./commands/grpc_describe.ts")).grpcDescribeCommand,
  },
  wrk: {
    usage: "ARGUMENTS",
    purpose: "run a wrk command line; also wrk2, ab, hey, oha, vegeta, bombardier, autocannon, pywrkr",
    aliases: ["wrk2", "ab", "hey", "oha", "vegeta", "bombardier", "autocannon", "pywrkr"],
    load: async (word = "wrk") => (await import("./commands/dialect.ts")).dialectCommand(word),
  },
  "k6-import": {
    usage: "FILE",
    purpose: "a k6 script becomes a TypeScript module",
    load: async () => (await import("./commands/k6_import.ts")).k6ImportCommand,
  },
  selftest: {
    usage: "",
    purpose: "how accurate the numbers are, on targets with known behaviour",
    load: async () => (await import("./commands/selftest.ts")).selftestCommand,
  },
  k8s: {
    usage: "--image IMAGE",
    purpose: "Kubernetes manifests for a run from many nodes",
    load: async () => (await import("./commands/k8s.ts")).k8sCommand,
  },
  schema: {
    usage: "scenario",
    purpose: "the JSON Schema of scenario files, for editors",
    load: async () => (await import("./commands/schema.ts")).schemaCommand,
  },
  completions: {
    usage: "SHELL",
    purpose: "completion for bash, zsh, fish or powershell",
    load: async () => (await import("./commands/completions.ts")).completionsCommand,
  },
  man: {
    usage: "> bench.1",
    purpose: "the manual page",
    load: async () => (await import("./commands/man.ts")).manCommand,
  },
  help: {
    usage: "WORD",
    purpose: "a topic, a command, or everything that mentions a word",
    load: async () => (await import("./commands/help.ts")).helpCommand,
  },
};

/** All that can be asked for. */
export const DOOR: Door = { commands: COMMANDS, bench: benchSpec(COMMANDS) };

/** What a command line asks for. */
export interface FoundCommand {
  load(): Promise<Pick<Command, "run">>;
  /** The words for it. */
  readonly rest: readonly string[];
  /** A command line that helps with it. */
  readonly help: string;
}

/**
 * The command that the first word names, and the words for it.
 * @throws {UsageError} when the first word is all but a command's name.
 */
export function findCommand(argv: readonly string[]): FoundCommand {
  if (asksForAll(argv)) {
    const load = async () => (await import("./commands/version.ts")).versionCommand;
    return { load, rest: [], help: "bench --help" };
  }
  if (argv.length === 1 && argv[0] === "--licenses") {
    const load = async () => (await import("./commands/licenses.ts")).licensesCommand;
    return { load, rest: [], help: "bench --help" };
  }
  const [name = "", ...rest] = argv;
  const entry = entryOf(COMMANDS, name);
  if (entry !== undefined) {
    if (isHelp(rest)) return { ...findCommand(["help"]), rest: [name] };
    return {
      load: () => entry.load(name),
      rest,
      help: name === "help" ? "bench help" : `bench help ${name}`,
    };
  }
  // No target is a single word: it would lack its scheme.
  const near = /^[a-z]\w+(?:-\w+)*$/i.test(name) ? suggest(name, wordsOf(COMMANDS)) : undefined;
  if (near !== undefined) throw new UsageError(`Unknown command "${name}": did you mean bench ${near}?`);
  return {
    load: async () => (await import("./commands/run.ts")).runCommand,
    rest: argv,
    help: "bench --help",
  };
}

/** `--version --json`, and nothing else. */
function asksForAll(argv: readonly string[]): boolean {
  return argv.length === 2 && argv.includes("--json") &&
    argv.some((word) => word === "--version" || word === "-V");
}

function isHelp([word, ...more]: readonly string[]): boolean {
  return (word === "--help" || word === "-h") && more.length === 0;
}
