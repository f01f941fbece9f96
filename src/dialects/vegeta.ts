/**
 * The command line of vegeta: of `vegeta attack`, that is.
 *
 * @module
 */
import {
  adds,
  type Dialect,
  type DialectOption,
  needless,
  numberOf,
  refused,
  refuseValue,
  remembered,
  type Said,
  to,
  toggled,
  valued,
} from "./dialect.ts";

/** Go's switches may be switched off by a value. */
function either(
  flags: string,
  yes: (said: Said) => void,
  no: (said: Said) => void = () => {},
): DialectOption {
  return toggled(flags, (said) => (/^(?:false|f|0)$/i.test(said.value) ? no : yes)(said));
}

/** `50`, `50/1s`, `3000/1m`; `0` and `infinity`: as fast as the workers can. */
function rateOf(said: Said): void {
  const { draft, value } = said;
  if (/^(?:0|infinity)$/i.test(value)) {
    draft.memory.set("unpaced", "");
    return draft.drop("--rate");
  }
  const [, count, each = "1", unit = "s"] = /^(\d+)(?:\/(\d+(?:\.\d+)?)?(ms|s|m|h))?$/.exec(value) ?? [];
  if (count === undefined) return refuseValue(said, "a rate such as 50 or 50/1s");
  const perSecond = unit === "ms" ? Number(count) * 1000 / Number(each) : Number(count) / Number(each);
  draft.set("--rate", `${perSecond}${unit === "m" || unit === "h" ? `/${unit}` : ""}`);
}

function connectTo(said: Said): void {
  const [, from, to] = /^(.+?:\d+)[,:](.+:\d+)$/.exec(said.value) ?? [];
  if (from === undefined || to!.includes(",")) {
    refuseValue(said, "HOST:PORT,HOST:PORT, with one address to connect to");
  } else said.draft.add("--connect-to", `${from}:${to}`);
}

/** vegeta 12. */
export const VEGETA: Dialect = {
  tool: "vegeta",
  subcommand: "attack",
  style: { kind: "go" },
  options: [
    valued("-body", to("-p")),
    valued("-cert", to("--cert")),
    either("-chunked", refused("bodies are sent with their length declared")),
    valued("-connect-to", connectTo),
    valued("-connections", needless("bench keeps every connection that it opened")),
    valued("-cpus", to("-t")),
    valued("-dns-ttl", (said) => {
      if (/^-/.test(said.value)) {
        refused("names are looked up once a run, or at intervals with --dns-refresh")(said);
      } else if (!/^0(?:s|$)/.test(said.value)) said.draft.set("--dns-refresh", said.value);
    }),
    valued("-duration", to("-d")),
    valued("-format", (said) => {
      if (!/^(?:http|json)$/.test(said.value)) refuseValue(said, "http or json");
    }),
    either("-h2c", ({ draft }) => draft.set("--http2")),
    valued("-header", adds("-H")),
    either("-http2", needless()),
    either("-insecure", ({ draft }) => draft.set("--insecure")),
    either("-keepalive", needless(), ({ draft }) => draft.set("--no-keepalive")),
    valued("-key", to("--key")),
    valued("-laddr", to("--local-address")),
    either("-lazy", needless("targets are read before the load starts")),
    valued("-max-body", needless("bodies are read to the end and not kept")),
    valued("-max-connections -max-workers", (said) => {
      if (!/^\d+$/.test(said.value)) refuseValue(said, "a number");
      else if (said.value !== "0") said.draft.set("-c", said.value);
    }),
    valued("-name", ({ draft, value }) => draft.add("--tag", `name=${value}`)),
    valued("-output", (said) => {
      said.draft.set("--json", said.value);
      needless("the results are JSON; bench report and bench compare read them")(said);
    }),
    valued("-profile", refused("it is for vegeta's developers")),
    valued("-prometheus-addr", (said) => {
      const address = said.value.replace(/^0\.0\.0\.0:/, "");
      said.draft.set("--serve-metrics", address);
    }),
    valued("-proxy-header", refused("put user:password@ into the URL of --proxy")),
    valued("-rate", rateOf),
    valued("-redirects", remembered("-redirects")),
    valued("-root-certs", to("--ca-bundle")),
    either("-session-tickets", needless()),
    valued("-targets", to("--url-file")),
    valued("-timeout", to("--timeout")),
    valued("-unix-socket", to("--unix-socket")),
    valued("-workers", needless("connections are opened as requests need them")),
    toggled("-version -help -h", refused("ask the tool itself, or bench help vegeta")),
  ],
  finish(draft, operands) {
    const [command] = operands;
    if (command !== undefined) {
      draft.problems.push(
        /^(?:report|plot|encode|dump)$/.test(command)
          ? `vegeta ${command} has no equivalent: bench prints its report itself, --html-report draws it, and bench report reads --json FILE`
          : `vegeta attack takes no ${
            JSON.stringify(command)
          }: expected options only; targets come with -targets or on standard input`,
      );
    } else if (!draft.has("-d")) {
      draft.problems.push("vegeta attacks for ever without -duration: give one");
    }
    if (!draft.has("--rate") && !draft.memory.has("unpaced")) draft.set("--rate", "50");
    if (draft.memory.has("unpaced") && !draft.has("-c")) {
      draft.problems.push("vegeta needs -max-workers with a rate of 0: give it");
    }
    if (!draft.has("--url-file")) draft.set("--url-file", "-");
    if (!draft.has("--insecure") && !draft.has("--ca-bundle")) draft.set("--ssl-verify");
    const redirects = draft.memory.get("-redirects") === "-1" ? 0 : numberOf(draft, "-redirects", 10);
    if (redirects > 0) draft.set("--follow-redirects", String(redirects));
    return [];
  },
};
