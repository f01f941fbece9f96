/**
 * Flags of other load generators that have another name here, for whoever types what they are used to.
 *
 * @module
 */

/** Those of ghz and grpcurl. */
export const GRPC_FLAGS: Readonly<Record<string, string>> = {
  "--cacert": "use --ca-bundle",
  "--call": "put the method behind the target: grpc://HOST:PORT/package.Service/Method",
  "--import-path": "use --proto-path",
  "--import-paths": "use --proto-path",
  "--max-msg-sz": "use --grpc-max-message-size",
  "--metadata": "use -H",
  "--plaintext": "leave it out: grpc:// is without TLS, grpcs:// with it",
  "--rpc-header": "use -H",
  "--rps": "use --rate",
  "--skipTLS": "use --insecure",
  "--stream-interval": "use --message-interval",
  "--total": "use -n",
};

/** What to do instead of giving a flag; where tools differ, for each of them. */
export const FOREIGN_FLAGS: Readonly<Record<string, string>> = {
  ...GRPC_FLAGS,
  "-D": "use -p",
  "-T": "use -H 'Content-Type: …'",
  "-X": "use -m, or --proxy",
  "-a": "use -A",
  "-g": "use --json",
  "-i": "use -m HEAD, or --iterations",
  "-o": "use --json",
  "-s": "use --scenario, or --timeout",
  "-x": "use --proxy",
  "-z": "use -d",
  "--concurrency": "use -c",
  "--cpus": "use -t",
  "--disable-compression": "bench does not request compression",
  "--disable-keepalive": "use --no-keepalive",
  "--disable-redirects": "bench does not follow redirects",
  "--host": "use -H 'Host: …'",
  "--insecure-skip-tls-verify": "use --insecure",
  "--latency": "bench always shows percentiles",
  "--no-tui": "use --no-progress",
  "--out": "use --json",
  "--qps": "use --rate",
  "--request": "use -m",
  "--requests": "use -n",
  "--script": "use --scenario",
  "--stage": "use --traffic-profile stages:…",
  "--summary-export": "use --json",
  "--vus": "use -u",
};
