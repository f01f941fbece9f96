/**
 * The command line of hey.
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
  remembered,
  seconds,
  to,
  toggled,
  valued,
} from "./dialect.ts";

/** hey 0.1.4. */
export const HEY: Dialect = {
  tool: "hey",
  style: { kind: "go" },
  options: [
    valued("-n", remembered("-n")),
    valued("-c", remembered("-c")),
    valued("-q", remembered("-q")),
    valued("-z", to("-d")),
    valued("-o", refused("--csv FILE has the percentiles, --log FILE a line for each request")),
    valued("-m", to("-m")),
    valued("-H", adds("-H")),
    valued("-t", seconds("--timeout")),
    valued("-A", header("Accept")),
    valued("-d", to("-b")),
    valued("-D", to("-p")),
    valued("-T", header("Content-Type")),
    valued("-a", to("-A")),
    valued("-x", ({ draft, value }) => draft.set("--proxy", proxyUrl(value))),
    toggled("-h2", on("--http2")),
    valued("-host", header("Host")),
    valued("-U", header("User-Agent")),
    toggled("-disable-compression", remembered("-disable-compression")),
    toggled("-disable-keepalive", on("--no-keepalive")),
    toggled("-disable-redirects", remembered("-disable-redirects")),
    valued("-cpus", to("-t")),
    toggled("-more", needless("percentiles, histogram and status codes are always shown")),
  ],
  finish(draft, operands) {
    const [count, workers, perWorker] = [
      numberOf(draft, "-n", 200),
      numberOf(draft, "-c", 50),
      numberOf(draft, "-q", 0),
    ];
    if (!draft.has("-d")) {
      if (count < workers) {
        draft.problems.push(`hey refuses fewer requests (${count}) than workers (${workers})`);
      }
      // Every worker sends the same number.
      draft.set("-n", String(Math.floor(count / workers) * workers));
    }
    draft.set("-c", String(workers));
    if (perWorker > 0) draft.set("--rate", String(perWorker * workers));
    if (!draft.has("--timeout")) draft.set("--timeout", "20s");
    if (!draft.memory.has("-disable-redirects")) draft.set("--follow-redirects", "10");
    if (!draft.memory.has("-disable-compression") && !draft.hasHeader("Accept-Encoding")) {
      draft.add("-H", "Accept-Encoding: gzip");
    }
    // It says so of requests without a body, too.
    if (!draft.hasHeader("Content-Type")) draft.add("-H", "Content-Type: text/html");
    return operands;
  },
};
