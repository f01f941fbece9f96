/**
 * The command line of ab, ApacheBench.
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
  seconds,
  to,
  toggled,
  valued,
} from "./dialect.ts";

/** What `-t` implies. */
const MAX_REQUESTS = "50000";

const upload = (method: string) => ({ draft, value }: Said) => {
  draft.set("-m", method);
  draft.set("-p", value);
};

function takeProtocol(said: Said): void {
  const { draft, value } = said;
  const version = /^TLS1\.([23])$/i.exec(value)?.[1];
  if (version !== undefined) {
    draft.set("--tls-min", `1.${version}`);
    draft.set("--tls-max", `1.${version}`);
  } else if (!/^ALL$/i.test(value)) refused("bench speaks TLS 1.2 and 1.3: -f TLS1.2, TLS1.3 or ALL")(said);
}

/** ab 2.3. */
export const AB: Dialect = {
  tool: "ab",
  style: { kind: "gnu" },
  options: [
    valued("-n", remembered("-n")),
    valued("-c", (said) => {
      remembered("-c")(said);
      to("-c")(said);
    }),
    valued("-t", (said) => {
      seconds("-d")(said);
      said.draft.memory.set("-n", MAX_REQUESTS);
    }),
    valued("-s", seconds("--timeout")),
    valued("-b", refused("sockets have the system's buffers; leave it out")),
    valued("-B", to("--local-address")),
    valued("-p", upload("POST")),
    valued("-u", upload("PUT")),
    valued("-T", header("Content-Type")),
    valued("-v", (said) => {
      if (!/^\d+$/.test(said.value)) refuseValue(said, "a number");
      else said.draft.set("-v", String(Math.min(Number(said.value), 4)));
    }),
    toggled("-w", on("-w")),
    toggled("-i", on("-m", "HEAD")),
    valued("-x -y -z", needless("tables have no attributes to set")),
    valued("-C", adds("-C")),
    valued("-H", adds("-H")),
    valued("-A", to("-A")),
    valued("-P", remembered("-P")),
    valued("-X", remembered("-X")),
    toggled("-k", on("-k")),
    toggled("-d", needless("percentiles are shown all the same")),
    toggled("-S", needless()),
    toggled("-q", on("--no-progress")),
    toggled("-l", needless()),
    valued("-g", refused("--json FILE has the results, --log FILE a line for each request")),
    valued("-e", to("-e")),
    toggled("-r", needless()),
    valued("-m", to("-m")),
    toggled("-I", refused("bench always sends the server's name; --sni NAME sends another")),
    valued("-Z", refused("the TLS library chooses the cipher; -f bounds the version")),
    valued("-f", takeProtocol),
    valued("-E", ({ draft, value }) => {
      draft.set("--cert", value);
      draft.set("--key", value);
    }),
    toggled("-V", refused("ask the tool itself, or bench --version")),
    toggled("-h", refused("ask the tool itself, or bench help ab")),
  ],
  finish(draft, operands) {
    if (!draft.memory.has("-n")) draft.note("ab makes one request where neither -n nor -t says how many");
    const requests = numberOf(draft, "-n", 1);
    const connections = numberOf(draft, "-c", 1);
    if (connections > requests) {
      draft.problems.push(
        `-c ${connections}: ab refuses more requests at a time than there are in all, here ${requests}; give -n`,
      );
    }
    draft.set("-n", String(requests));
    if (!draft.has("-c")) draft.set("-c", "1");
    if (draft.has("-k")) draft.drop("-k");
    else draft.set("--no-keepalive");
    const [proxy, userInfo] = [draft.memory.get("-X"), draft.memory.get("-P")];
    if (proxy !== undefined) draft.set("--proxy", proxyUrl(proxy, userInfo));
    if (draft.has("-p") && !draft.hasHeader("Content-Type")) draft.add("-H", "Content-Type: text/plain");
    draft.note("ab speaks HTTP/1.0 to the server, bench HTTP/1.1");
    return operands;
  },
};
