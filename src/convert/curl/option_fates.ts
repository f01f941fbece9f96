/**
 * What becomes of each of curl's options. One that changes the request is honoured or refused by name; what is no part
 * of a request is ignored with a remark, or named as the option of the run that does the same. Source: curl's manual
 * page.
 *
 * @module
 */

/** Options that say something about the request and are honoured. */
export const HONOURED: ReadonlySet<string> = words(`
  basic compressed continue-at cookie cookie-jar data data-ascii data-binary data-raw data-urlencode form
  form-string get globoff head header json next oauth2-bearer proto-default range referer request upload-file
  url url-query user user-agent
`);

const SCHEME = "only Basic credentials can be replayed; without the option, -u means those";
const VERSION = "requests are sent over HTTP/1.1 or HTTP/2";
const REDIRECTED = "a run follows redirects in its own way; import without it";

/** Options that change the request in a way that a scenario cannot hold, and why. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ["anyauth", SCHEME],
  ["digest", SCHEME],
  ["negotiate", SCHEME],
  ["ntlm", SCHEME],
  ["ntlm-wb", SCHEME],
  ["aws-sigv4", "signatures are not made; copy the signed headers into the command"],
  ["config", "options in a file are not read; write them into the command"],
  ["crlf", "line ends are not converted; convert the file"],
  ["etag-compare", "files of ETags are not read; write -H 'If-None-Match: …'"],
  ["form-escape", "names in forms are escaped as browsers do; leave it out"],
  ["haproxy-clientip", "the PROXY protocol is not supported"],
  ["haproxy-protocol", "the PROXY protocol is not supported"],
  ["http1.0", VERSION],
  ["http3", VERSION],
  ["http3-only", VERSION],
  ["netrc", "credentials in a file are not read; write them with -u"],
  ["netrc-file", "credentials in a file are not read; write them with -u"],
  ["netrc-optional", "credentials in a file are not read; write them with -u"],
  ["path-as-is", "dots in a path are resolved; write the URL as it is sent without it"],
  ["post301", REDIRECTED],
  ["post302", REDIRECTED],
  ["post303", REDIRECTED],
  ["request-target", "the target is the path and query of the URL"],
  ["time-cond", "a scenario has no such condition; write -H 'If-Modified-Since: …'"],
  ["tr-encoding", "transfer codings are not requested"],
  ["variable", "variables of curl are not supported; write the values into the command"],
]);

/** Options that a run has under another name or the same. */
export const OF_THE_RUN: ReadonlyMap<string, string> = new Map([
  ["insecure", "--insecure"],
  ["follow", "--follow-redirects"],
  ["location", "--follow-redirects"],
  ["location-trusted", "--follow-redirects"],
  ["max-redirs", "--follow-redirects=N"],
  ["max-time", "--timeout"],
  ["cacert", "--ca-bundle"],
  ["interface", "--local-address"],
  ["tlsv1.2", "--tls-min 1.2"],
  ["tlsv1.3", "--tls-min 1.3"],
  ["http2-prior-knowledge", "--http2"],
  ["socks5", "--proxy socks5://…"],
  ["socks5-hostname", "--proxy socks5h://…"],
  ["no-keepalive", "--no-keepalive"],
  ...["proxy", "resolve", "connect-to", "unix-socket", "cert", "key", "ipv4", "ipv6", "http2", "tls-max"].map(
    (name) => [name, `--${name}`] as const,
  ),
]);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
