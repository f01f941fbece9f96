/**
 * The command line of autocannon.
 *
 * @module
 */
import {
  type Dialect,
  needless,
  numberOf,
  on,
  refused,
  refuseValue,
  remembered,
  type Said,
  seconds,
  to,
  toggled,
  valued,
} from "./dialect.ts";

/** `K=V` and `K: V`. */
function takeHeader(said: Said): void {
  const [, name, value] = /^\s*([^=:\s]+)\s*[=:]\s*(.*)$/s.exec(said.value) ?? [];
  if (name === undefined) refuseValue(said, "K=V or K: V");
  else said.draft.add("-H", `${name}: ${value}`);
}

function refusePipelining(said: Said): void {
  if (said.value !== "1") {
    refused("an HTTP/1.1 connection carries one request at a time; raise -c, or use --http2 with --streams")(
      said,
    );
  }
}

/** autocannon 8. */
export const AUTOCANNON: Dialect = {
  tool: "autocannon",
  style: { kind: "gnu" },
  options: [
    valued("-c --connections", remembered("-c")),
    valued("-p --pipelining", refusePipelining),
    valued("-d --duration", remembered("-d")),
    valued("-a --amount", remembered("-a")),
    valued("-O --maxOverallRequests", remembered("-a")),
    valued("-M --maxConnectionRequests", remembered("-M")),
    valued("-L --sampleInt", needless("the timeline has a point per second")),
    valued("-S --socketPath", to("--unix-socket")),
    valued("-w --workers", to("-t")),
    valued("-W --warmup", refused("--warmup DURATION sends the same load first")),
    toggled("-l --latency", needless()),
    valued("-m --method", to("-m")),
    valued("-t --timeout", seconds("--timeout")),
    valued("-T --title", ({ draft, value }) => draft.add("--tag", `title=${value}`)),
    valued("-b --body", to("-b")),
    valued("-i --input", to("-p")),
    valued("-F --form", refused("a scenario's step has form: and files")),
    valued("-H --headers", takeHeader),
    valued("-R --overallRate", remembered("-R")),
    valued("-r --connectionRate", remembered("-r")),
    valued(
      "-C --ignoreCoordinatedOmission",
      needless("latency counts from when a request was due; service leaves the wait out"),
    ),
    valued("-D --reconnectRate", to("--max-requests-per-connection")),
    toggled("-n --no-progress", on("--no-progress")),
    toggled(
      "--renderStatusCodes --renderLatencyTable --renderResultsTable --no-renderResultsTable",
      needless(),
    ),
    valued("--har", refused("bench har-import FILE makes a scenario of it")),
    toggled("-j --json", on("--json", "-")),
    toggled("-f --forever", refused("give a time with -d; Ctrl-C ends a run early, with its report")),
    valued("-s --servername", to("--sni")),
    toggled("-x --excludeErrorStats", needless()),
    valued("-E --expectBody", refused("a scenario's step has assert_body_contains")),
    valued("-B --bailout", refused("--th 'error_rate < 1%' with --abort-on-fail ends a run that fails")),
    toggled("-I --idReplacement", refused("a scenario's body can contain ${uuid()}")),
    valued("--cert", to("--cert")),
    valued("--key", to("--key")),
    valued("--ca", to("--ca-bundle")),
    toggled("--on-port", refused("start the server before; --wait-ready waits for it")),
    toggled("--debug --verbose", on("-v", "2")),
    toggled("-v --version -h --help", refused("ask the tool itself, or bench help autocannon")),
  ],
  finish(draft, operands) {
    const connections = numberOf(draft, "-c", 10);
    draft.set("-c", String(connections));
    const [each, all] = [numberOf(draft, "-M", 0) * connections, numberOf(draft, "-a", 0)];
    if (all > 0) draft.set("-n", String(all));
    else draft.set("-d", draft.memory.get("-d") ?? "10");
    if (each > 0 && all === 0) draft.set("-n", String(each));
    const rate = numberOf(draft, "-R", numberOf(draft, "-r", 0) * connections);
    if (rate > 0) draft.set("--rate", String(rate));
    if (!draft.has("--timeout")) draft.set("--timeout", "10s");
    return operands.map((word) => word.includes("://") ? word : `http://${word}`);
  },
};
