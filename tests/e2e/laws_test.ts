/**
 * Laws that every run keeps, whatever the server does and however the load is made: nothing is lost on the way through
 * the counts, and percentiles never fall as they rise, in every output.
 */
import { createSocket } from "node:dgram";
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { Random } from "../../src/lib/random.ts";
import type { JsonDocument } from "../../src/result/document/json_document.ts";
import type { ReportData } from "../../src/report/html_report/report_data.ts";
import { program } from "../_support/program.ts";
import { type RawServer, response, startRawServer } from "../_support/raw_server.ts";
import { SOCKETS } from "../_support/sockets.ts";
import * as told from "../_support/told_percentiles.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

interface Model {
  readonly args: readonly string[];
  /** Arrivals that the schedule has. */
  readonly due?: number;
  /** Requests that the run has. */
  readonly amount?: number;
  /** Arrivals are of flows with two steps, not of requests. */
  readonly isFlow?: true;
}

const MODELS: Readonly<Record<string, Model>> = {
  "a closed loop": { args: ["-c", "6", "-d", "1"] },
  "a number of requests": { args: ["-c", "4", "-n", "60"], amount: 60 },
  users: { args: ["-u", "6", "-d", "1", "--think-time", "20ms"] },
  "a rate": { args: ["--rate", "80", "-c", "40", "-d", "1"], due: 80 },
  "a rate without connections enough": { args: ["--rate", "150", "-c", "2", "-d", "1"], due: 150 },
  "a rate that changes": {
    args: ["--rate", "60", "--traffic-profile", "step:40,80", "-c", "5", "-d", "1", "-t", "2"],
    due: 60,
  },
  "a rate of flows": { args: ["--rate", "50", "-c", "3", "-d", "1"], due: 50, isFlow: true },
};

/** Too long for a machine that stands still to take a target that is there for one that is not. */
const TIMEOUT = "5s";

const FLOW = (origin: string) =>
  JSON.stringify({ name: "flow", base_url: origin, steps: [{ path: "/${uuid()}" }, { path: "/second" }] });

/** Answers late, with errors, in part, or not at all; the same sequence for the same seed. */
function startMoodyServer(seed: number): Promise<RawServer> {
  const random = new Random(seed, 0);
  return startRawServer(async (connection) => {
    const mood = random.fraction();
    if (mood < 0.02) return; // Hangs: the next one of the connection waits for the client to give up.
    if (mood < 0.14) return connection.reset();
    if (mood < 0.2) return connection.end();
    await pause(random.fraction() * 40);
    if (mood < 0.28) return connection.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut");
    await connection.send(
      mood < 0.36 ? response("no", { status: "503 Service Unavailable" }) : response("yes"),
    );
  });
}

/** Takes what exporters send, as text by receiver. */
async function startReceivers() {
  const received = new Map<string, string>();
  const add = (name: string, text: string) => received.set(name, `${received.get(name) ?? ""}${text}\n`);
  const http = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const name = new URL(request.url).pathname.startsWith("/metrics") ? "Pushgateway" : "InfluxDB";
    add(name, await request.text());
    return new Response(null, { status: 204 });
  });
  const udp = createSocket("udp4", (data) => add("StatsD", data.toString()));
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${http.addr.port}`;
  return {
    received,
    args: ["--influx", url, "--pushgateway", url, "--statsd", `127.0.0.1:${udp.address().port}`],
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await http.shutdown();
    },
  };
}

function assertConserved(document: JsonDocument, { due, amount, isFlow }: Model): void {
  const { total_requests: ended, unfinished_requests: unfinished, total_errors: errors, open_loop: open } =
    document;
  const { total } = document.saved as unknown as {
    readonly total: { readonly started: number; readonly steps: readonly Record<string, number>[] };
  };
  const sum = (key: string) => total.steps.reduce((all, step) => all + step[key]!, 0);
  assertEquals(total.started, sum("succeeded") + sum("failed") + unfinished);
  assertEquals([ended, errors], [sum("succeeded") + sum("failed"), sum("failed")]);
  assertEquals(errors, Object.values(document.error_types).reduce((all, count) => all + count, 0));
  assertEquals(document.timeline.reduce((all, { requests }) => all + requests, 0), ended);
  const whole = Object.values(document.status_codes).reduce((all, count) => all + count, 0);
  assertEquals(whole, sum("succeeded") + (document.failed_latency?.count ?? 0));
  // Ranked are successes, what got no whole response, and what never started.
  assertEquals(
    document.trust.samples,
    ended - (document.failed_latency?.count ?? 0) + unfinished + (open?.dropped ?? 0),
  );
  if (amount !== undefined) assertEquals(total.started, amount);
  assertEquals(open === undefined, due === undefined);
  if (due !== undefined) {
    const arrived = open!.start_delay?.count ?? 0;
    assertEquals(arrived + open!.dropped, due);
    assertLessOrEqual(open!.delayed, arrived);
    if (!isFlow) assertEquals(total.started, arrived);
  }
}

/** Runs the program with every output, and again for what is made of its result. */
async function runAgainstMoodyServer({ args, isFlow }: Model, sockets: string) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  await using server = await startMoodyServer(seed);
  await using receivers = await startReceivers();
  await using temp = await tempDir();
  const directory = temp.path;
  const path = (file: string) => `${directory}/${file}`;
  const read = (file: string) => Deno.readTextFile(path(file));
  if (isFlow) await Deno.writeTextFile(path("flow.yaml"), FLOW(server.origin));
  const { out, err } = await program([
    ...[
      "-t",
      "1",
      "--sockets",
      sockets,
      ...args,
      "--grace",
      "300ms",
      "--timeout",
      TIMEOUT,
      ...receivers.args,
    ],
    ...["--full", "--json", path("r.json"), "--csv", path("r.csv"), "--hgrm", path("r.hgrm")],
    ...["--junit", path("r.xml"), "--html-report", path("r.html")],
    ...(isFlow ? ["--scenario", path("flow.yaml")] : [server.origin]),
  ]);
  const summary = await program(["summary", path("r.json"), "--github-output", path("github")]);
  const document: JsonDocument = JSON.parse(await read("r.json"));
  const page = /<script id="data" type="application\/json">(.*?)<\/script>/s.exec(
    await read("r.html"),
  )![1]!;
  return {
    said: `seed ${seed}: ${err}${summary.err}`,
    document,
    texts: { terminal: out, summary: summary.out },
    arrived: server.requests.length,
    receivers: [...receivers.received.keys()].sort(),
    lists: [
      ...told.inTerminal(out),
      ...told.inJson(document),
      ...told.inCsv(await read("r.csv")),
      ...told.inHgrm(await read("r.hgrm")),
      ...told.inJunit(await read("r.xml")),
      ...told.inHtml(JSON.parse(page) as ReportData),
      ...told.inMarkdown(summary.out),
      ...told.inNames("GitHub output", await read("github")),
      ...[...receivers.received].flatMap(([receiver, text]) => told.inNames(receiver, text)),
    ],
  };
}

Deno.test("runs against moody servers lose nothing, and their percentiles never fall", async (t) => {
  const models = Object.entries(MODELS).flatMap(([name, model]) =>
    SOCKETS.map((sockets) => ({ name: `${name}, ${sockets} sockets`, model, sockets }))
  );
  const runs = await Promise.all(models.map(({ model, sockets }) => runAgainstMoodyServer(model, sockets)));
  for (const [i, { name, model }] of models.entries()) {
    await t.step(name, () => {
      const { said, document, texts, arrived, receivers, lists } = runs[i]!;
      assertConserved(document, model);
      const whole = Object.values(document.status_codes).reduce((all, count) => all + count, 0);
      assertGreaterOrEqual(arrived, whole, said);
      assertLessOrEqual(
        arrived,
        document.total_requests + document.unfinished_requests + document.reconnects,
        said,
      );
      assertEquals(receivers, ["InfluxDB", "Pushgateway", "StatsD"], said);
      for (const list of lists) told.assertLaw(list);
      for (const where of ["terminal", "JSON, percentiles", "JUnit", "HTML, curve", "Markdown"]) {
        const told = lists.filter((list) => list.where === where).flatMap(({ percentiles }) => percentiles);
        assertGreater(told.length, 0, `${where} tells no percentile, ${said}`);
      }
      if (!document.open_loop?.dropped) return;
      const { terminal, summary } = texts;
      assert(terminal.includes("were dropped"), said);
      assertLess(
        terminal.indexOf("were dropped"),
        terminal.indexOf("Total Requests:"),
        "what was dropped comes first",
      );
      assert(summary.includes("were dropped"), said);
    });
  }
});
