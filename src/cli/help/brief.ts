/**
 * The help of `-h`: what most people need, on one screen.
 *
 * @module
 */

/** At most 45 lines of 80 columns. */
export const BRIEF_HELP = `Usage: bench [OPTIONS] URL

Load-tests an HTTP server and reports throughput, latency and errors.

Load:
  -c, --connections N      Connections kept busy (10)
  -d, --duration TIME      How long: 10s, 1m30s (10s)
  -n, --num-requests N     Stop after exactly N requests
      --rate N             Start N requests per second, however slow the server
  -u, --users N            Users who pause between requests
      --think-time TIME    How long they pause (1s)
      --warmup TIME        Load applied first and not measured
Request:
  -m, --method METHOD      Request method (GET)
  -H, --header LINE        Header "Name: value", repeatable
  -b, --body TEXT          Request body; -p FILE takes it from a file
  -A, --basic-auth U:P     Basic authentication
      --timeout TIME       Longest time for a request (30s)
      --http2              Use HTTP/2
      --insecure           Trust any certificate
      --scenario FILE      Run the steps of a YAML, JSON or TypeScript file
Result:
      --th CONDITION       Fail if not met: 'p95 < 300ms', 'error_rate < 1%'
      --live               Full-screen dashboard
      --full, -q           A longer report; only its last lines
      --json FILE          Write the results as JSON
      --html-report FILE   Write an interactive page
      --baseline FILE      Compare with an earlier run's JSON
      --wait-ready         Wait until the target responds

Examples:
  bench -c 50 -d 30s http://localhost:8080/
  bench --rate 500 -d 1m --th 'p99 < 200ms' http://localhost:8080/
  bench -m POST -p body.json http://localhost:8080/
  bench demo                    try it, without a server of your own

More: bench --help           all options
      bench help WORD        a topic, a command, or all that mentions a word
      bench init             write a commented file to start from`;
