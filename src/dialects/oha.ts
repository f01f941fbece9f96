/**
 * The command line of oha.
 *
 * @module
 */
import {
  adds,
  type Dialect,
  header,
  needless,
  numberOf,
  on,
  proxyUrl,
  refused,
  refuseValue,
  remembered,
  type Said,
  to,
  toggled,
  valued,
  verifyTls,
} from "./dialect.ts";

function takeVersion(said: Said): void {
  if (/^2(?:\.0)?$/.test(said.value)) said.draft.set("--http2");
  else if (said.value === "3") refused("bench has no HTTP/3; use 1.1 or 2")(said);
  else if (!/^1\.[01]$/.test(said.value)) refuseValue(said, "1.1 or 2");
}

function format(said: Said): void {
  if (said.value === "json") said.draft.set("--json", "-");
  else if (said.value === "csv") {
    refused("--csv FILE has the percentiles, --log FILE a line for each request")(said);
  } else if (said.value === "quiet") said.draft.set("--quiet");
}

/** oha 1.15. */
export const OHA: Dialect = {
  tool: "oha",
  style: { kind: "gnu" },
  options: [
    valued("-n", remembered("-n")),
    valued("-c", remembered("-c")),
    valued("-p", remembered("-p")),
    valued("-z", to("-d")),
    toggled("-w --wait-ongoing-requests-after-deadline", on("--grace", "30s")),
    valued("-q", remembered("-q")),
    valued("--burst-delay --burst-rate", refused("use --rate with --traffic-profile spike")),
    toggled("--rand-regex-url", on("--rand-regex-url")),
    valued(
      "--max-repeat",
      needless("a repetition without an end is drawn up to 4 times more than it must be"),
    ),
    valued("--dump-urls", refused("--log FILE has the URL of each request")),
    toggled("--urls-from-file", remembered("--urls-from-file")),
    toggled("--latency-correction", needless("latency counts from when a request was due anyway")),
    toggled("--no-tui", on("--no-progress")),
    valued("--fps", needless()),
    valued("-m --method", to("-m")),
    valued("-H", adds("-H")),
    valued("--proxy-header", refused("put user:password@ into the URL of -x")),
    valued("-t", to("--timeout")),
    valued("--connect-timeout", needless("--timeout bounds a request with its connection")),
    valued("-A", header("Accept")),
    valued("-d", to("-b")),
    valued("-D", to("-p")),
    valued("-Z", refused("a scenario with a data file sends a row each (--scenario, --data)")),
    valued("-F --form", refused("a scenario's step has form: and files")),
    valued("-T", header("Content-Type")),
    valued("-a", to("-A")),
    valued("--aws-session --aws-sigv4", refused("--auth sigv4 takes region, service and keys")),
    valued("-x", ({ draft, value }) => draft.set("--proxy", proxyUrl(value))),
    valued("--proxy-http-version", refused("proxies are spoken to in HTTP/1.1")),
    toggled("--proxy-http2", refused("proxies are spoken to in HTTP/1.1")),
    valued("--http-version", takeVersion),
    toggled("--http2", on("--http2")),
    valued("--host", header("Host")),
    toggled("--disable-compression", remembered("--disable-compression")),
    valued("-r --redirect", remembered("-r")),
    toggled("--disable-keepalive", on("--no-keepalive")),
    toggled("--no-pre-lookup", needless("names are looked up once a run; --dns-refresh looks again")),
    toggled("--ipv6", on("-6")),
    toggled("--ipv4", on("-4")),
    valued("--cacert", to("--ca-bundle")),
    valued("--cert", to("--cert")),
    valued("--key", to("--key")),
    toggled("--insecure", on("--insecure")),
    valued("--connect-to", adds("--connect-to")),
    toggled("--no-color --disable-color", on("--color", "never")),
    valued("--unix-socket", to("--unix-socket")),
    toggled("--stats-success-breakdown", needless("error statuses are timed apart from the others anyway")),
    valued("--db-url", refused("--json FILE keeps the results, --log FILE a line for each request")),
    toggled("--debug", ({ draft }) => {
      draft.memory.set("-n", "1");
      draft.memory.set("-c", "1");
      draft.set("-v", "4");
    }),
    toggled("-j --json", on("--json", "-")),
    valued("-o --output", to("--json")),
    valued("--output-format", format),
    valued("-u --time-unit", needless("each time is shown in the unit that suits it")),
    toggled("-h --help -V --version", refused("ask the tool itself, or bench help oha")),
  ],
  finish(draft, operands) {
    if (!draft.has("-d")) draft.set("-n", String(numberOf(draft, "-n", 200)));
    draft.set("-c", String(numberOf(draft, "-c", 50)));
    const streams = numberOf(draft, "-p", 1);
    if (streams > 1) draft.set("--streams", String(streams));
    const perSecond = numberOf(draft, "-q", 0);
    if (perSecond > 0) draft.set("--rate", String(perSecond));
    const redirects = numberOf(draft, "-r", 10);
    if (redirects > 0) draft.set("--follow-redirects", String(redirects));
    if (!draft.memory.has("--disable-compression") && !draft.hasHeader("Accept-Encoding")) {
      draft.set("--compressed");
    }
    verifyTls(draft, operands);
    if (!draft.memory.has("--urls-from-file")) return operands;
    draft.note("oha takes the URLs of the file at random, bench in turn");
    draft.set("--url-file", operands[0] ?? "");
    return [];
  },
};
