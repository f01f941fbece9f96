/**
 * The command line of bombardier.
 *
 * @module
 */
import {
  adds,
  type Dialect,
  needless,
  numberOf,
  on,
  refused,
  remembered,
  type Said,
  to,
  toggled,
  valued,
  verifyTls,
} from "./dialect.ts";

function format(said: Said): void {
  const { draft, value } = said;
  if (/^(?:json|j)$/.test(value)) draft.set("--json", "-");
  else if (!/^(?:plain-text|pt)$/.test(value)) {
    refused("--json FILE and --csv FILE are the forms there are")(said);
  }
}

/** bombardier 2.0. */
export const BOMBARDIER: Dialect = {
  tool: "bombardier",
  style: { kind: "gnu" },
  options: [
    valued("-c --connections", remembered("-c")),
    valued("-t --timeout", to("--timeout")),
    toggled("-l --latencies", needless()),
    valued("-m --method", to("-m")),
    valued("-b --body", to("-b")),
    valued("-f --body-file", to("-p")),
    toggled("-s --stream", needless("a large body file is streamed, with its length declared")),
    valued("--cert", to("--cert")),
    valued("--key", to("--key")),
    toggled("-k --insecure", on("--insecure")),
    toggled("-a --disableKeepAlives", on("--no-keepalive")),
    valued("-H --header", adds("-H")),
    valued("-n --requests", remembered("-n")),
    valued("-d --duration", to("-d")),
    valued("-r --rate", remembered("-r")),
    toggled("--fasthttp --http1", needless()),
    toggled("--http2", on("--http2")),
    valued("-p --print", needless("bench prints one report; --quiet leaves only the verdict")),
    toggled("-q --no-print", on("--quiet")),
    valued("-o --format", format),
    toggled("--help --version", refused("ask the tool itself, or bench help bombardier")),
  ],
  finish(draft, operands) {
    if (draft.memory.has("-n")) draft.set("-n", String(numberOf(draft, "-n", 0)));
    else if (!draft.has("-d")) draft.set("-d", "10s");
    draft.set("-c", String(numberOf(draft, "-c", 125)));
    const rate = numberOf(draft, "-r", 0);
    if (rate > 0) draft.set("--rate", String(rate));
    if (!draft.has("--timeout")) draft.set("--timeout", "2s");
    const urls = operands.map((word) =>
      word.includes("://") ? word : `http://${word.replace(/^:/, "localhost:")}`
    );
    verifyTls(draft, urls);
    return urls;
  },
};
