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

/** How a request travels, what is shown or stored of the transfer, and what only other protocols know. */
export const IGNORED: ReadonlySet<string> = words(`
  abstract-unix-socket alpn alt-svc buffer ca-native capath cert-status cert-type ciphers compressed-ssh
  connect-timeout crlfile curves delegation disable disallow-username-in-url dns-interface dns-ipv4-addr
  dns-ipv6-addr dns-servers doh-cert-status doh-insecure doh-url dump-ca-embed ech egd-file engine
  expect100-timeout false-start happy-eyeballs-timeout-ms hostpubmd5 hostpubsha256 hsts http0.9 http1.1
  ignore-content-length ip-tos ipfs-gateway junk-session-cookies keepalive keepalive-cnt keepalive-time
  key-type knownhosts krb limit-rate local-port max-filesize mptcp noproxy npn parallel parallel-immediate
  parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-redir proxy-anyauth proxy-basic
  proxy-ca-native proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile
  proxy-digest proxy-header proxy-http2 proxy-insecure proxy-key proxy-key-type proxy-negotiate proxy-ntlm
  proxy-pass proxy-pinnedpubkey proxy-service-name proxy-ssl-allow-beast proxy-ssl-auto-client-cert
  proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-tlsv1 proxy-user proxy1.0
  proxytunnel pubkey random-file rate raw retry retry-all-errors retry-connrefused retry-delay retry-max-time
  sasl-authzid sasl-ir service-name sessionid sigalgs socks4 socks4a socks5-basic socks5-gssapi
  socks5-gssapi-nec socks5-gssapi-service speed-limit speed-time ssl ssl-allow-beast ssl-auto-client-cert
  ssl-no-revoke ssl-reqd ssl-revoke-best-effort ssl-sessions sslv2 sslv3 tcp-fastopen tcp-nodelay
  tls-earlydata tls13-ciphers tlsauthtype tlspassword tlsuser tlsv1 tlsv1.0 tlsv1.1 vlan-priority

  clobber create-dirs create-file-mode dump-header etag-save fail fail-early fail-with-body help include
  libcurl manual metalink out-null output output-dir progress-bar progress-meter remote-header-name
  remote-name remote-name-all remote-time remove-on-error show-error silent skip-existing stderr
  styled-output suppress-connect-headers trace trace-ascii trace-config trace-ids trace-time verbose version
  write-out xattr

  append disable-eprt disable-epsv ftp-account ftp-alternative-to-user ftp-create-dirs ftp-method ftp-pasv
  ftp-port ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-ccc-mode ftp-ssl-control list-only login-options
  mail-auth mail-from mail-rcpt mail-rcpt-allowfails quote telnet-option tftp-blksize tftp-no-options
  upload-flags use-ascii
`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
