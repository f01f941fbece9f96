/**
 * `bench serve`: the built-in target as a program.
 *
 * @module
 */
import { EXIT, messageOf, RunError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { defineOptions, type ValuesOf } from "../../options/option.ts";
import { count, text } from "../../options/option_types.ts";
import { routeList, ROUTES } from "../../target/routes.ts";
import { startTarget, type Target } from "../../target/serve.ts";
import type { GrpcTarget } from "../../target/serve_grpc.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { watchInterrupts } from "../signals.ts";
import { printOut } from "../terminal.ts";

/** Where the target listens. */
const serveOptions = defineOptions({
  port: {
    long: "--port",
    type: count({ min: 0, max: 65_535 }),
    group: "General",
    default: 8080,
    help: "Port; 0: a free one",
  },
  host: {
    long: "--host",
    type: text("ADDR"),
    group: "General",
    default: "127.0.0.1",
    help: "Address to listen on",
  },
  grpcPort: {
    long: "--grpc-port",
    type: count({ min: 0, max: 65_535 }),
    group: "General",
    defaultLabel: "no gRPC",
    help: "Port for the gRPC service shop.Shop, with reflection; 0: a free one",
  },
  keep: {
    long: "--keep",
    type: count({ min: 0, max: 10_000 }),
    group: "General",
    default: 0,
    help: "Remember this many requests, with their bodies, for /requests",
  },
});

const spec: CommandSpec<typeof serveOptions> = {
  name: "bench serve",
  usage: "[OPTIONS]",
  summary: "Starts a server with known behaviour, to practise load tests on.",
  options: serveOptions,
  operands: { max: 0, label: "argument" },
  sections: [
    { title: "Paths", rows: ROUTES.map(({ path, help }) => [path, help] as const) },
    {
      title: "Examples",
      rows: [
        ["bench serve --port 8080", "then: bench -d 5 http://localhost:8080/delay/20"],
        ["bench serve --grpc-port 50051", "then: bench grpc-describe localhost:50051"],
      ],
    },
  ],
  version: VERSION,
};

/** Serves until Ctrl-C. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values } = settings;
  using interrupts = watchInterrupts();
  await using target = listen(values);
  await using grpc = await listenForCalls(values);
  const calls = grpc === null ? "" : ` and ${grpc.url}`;
  printOut(`Listening on ${target.url}${calls} (Ctrl-C ends)\n${routeList()}`);
  await new Promise((resolve) => interrupts.signal.addEventListener("abort", resolve, { once: true }));
  return EXIT.ok;
}

function listen(values: ValuesOf<typeof serveOptions>): Target {
  try {
    return startTarget({ port: values.port, hostname: values.host, keep: values.keep });
  } catch (error) {
    throw new RunError(`Cannot listen on ${values.host}:${values.port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function listenForCalls(
  { grpcPort: port, host: hostname }: ValuesOf<typeof serveOptions>,
): Promise<GrpcTarget | null> {
  if (port === undefined) return null;
  const { startGrpcTarget } = await import("../../target/serve_grpc.ts");
  try {
    return startGrpcTarget({ port, hostname });
  } catch (error) {
    throw new RunError(`Cannot listen on ${hostname}:${port}: ${messageOf(error)}`, { cause: error });
  }
}

/** `bench serve`. */
export const serveCommand: Command = { spec, run };
