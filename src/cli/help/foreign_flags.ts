/**
 * Flags of other load generators that have another name here, for whoever types what they are used to.
 *
 * @module
 */

/** What to do instead of giving a flag; where tools differ, for each of them. */
export const FOREIGN_FLAGS: Readonly<Record<string, string>> = {
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
