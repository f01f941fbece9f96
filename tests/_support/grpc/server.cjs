/**
 * A gRPC server that does as it is told: the service of probe.proto on grpc-js, without reflection.
 *
 * usage: node server.cjs PROBE_PROTO; the port is the first line that it prints. It ends with its input.
 */
const grpc = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const options = { keepCase: true, longs: String, defaults: true };
const { probe } = grpc.loadPackageDefinition(loadSync(process.argv[2], options));
const seen = { calls: 0, messages: 0 };

const errorOf = ({ status, message }) => ({ code: status, details: message });

function replyTo(ask, call, received) {
  const deadline = call.getDeadline();
  const ms = deadline instanceof Date ? deadline.getTime() - Date.now() : deadline - Date.now();
  const [echo] = call.metadata.get("x-echo");
  return {
    text: ask.text,
    id: ask.id,
    data: Buffer.alloc(ask.size),
    received,
    deadline_ms: Number.isFinite(ms) ? Math.round(ms) : 0,
    metadata: echo === undefined ? {} : { "x-echo": echo },
  };
}

function trailersOf(call) {
  const trailers = new grpc.Metadata();
  const [echo] = call.metadata.get("x-echo");
  if (echo !== undefined) trailers.set("x-trailer", echo);
  return trailers;
}

function compressIfAsked(call) {
  if (call.metadata.get("x-gzip").length === 0) return;
  const head = new grpc.Metadata();
  head.set("grpc-encoding", "gzip");
  call.sendMetadata(head);
}

const service = {
  Unary(call, done) {
    const ask = call.request;
    seen.calls++;
    seen.messages++;
    compressIfAsked(call);
    setTimeout(() => {
      if (ask.status !== 0) done(errorOf(ask));
      else done(null, replyTo(ask, call, 1), trailersOf(call));
    }, ask.delay_ms);
  },
  async Download(call) {
    const ask = call.request;
    seen.calls++;
    seen.messages++;
    compressIfAsked(call);
    for (let i = 0; i < ask.count; i++) {
      if (ask.delay_ms > 0) await new Promise((resolve) => setTimeout(resolve, ask.delay_ms));
      call.write(replyTo(ask, call, i + 1));
    }
    if (ask.status !== 0) call.emit("error", errorOf(ask));
    else call.end();
  },
  Upload(call, done) {
    let received = 0;
    let last = { text: "", id: "0", size: 0 };
    seen.calls++;
    call.on("data", (ask) => {
      seen.messages++;
      received++;
      last = ask;
    });
    call.on("end", () => last.status ? done(errorOf(last)) : done(null, replyTo(last, call, received)));
  },
  Talk(call) {
    let received = 0;
    seen.calls++;
    call.on("data", (ask) => {
      seen.messages++;
      received++;
      if (ask.status !== 0) call.emit("error", errorOf(ask));
      else call.write(replyTo(ask, call, received));
    });
    call.on("end", () => call.end());
  },
  Count(_call, done) {
    done(null, { calls: seen.calls, messages: seen.messages });
  },
};

const server = new grpc.Server();
server.addService(probe.Probe.service, service);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
