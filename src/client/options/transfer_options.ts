/**
 * Options of how an exchange goes beyond one request and its response.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { ipAddress } from "../../options/http_types.ts";
import { count, toggle } from "../../options/option_types.ts";
import { defineOptions } from "../../options/option.ts";
import type { OptionType, ValuesOf } from "../../options/option.ts";
import type { Loose } from "../../lib/json/present.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { parseProxy } from "../net/proxy.ts";

/** A proxy's URL, as given, or `env`. */
const proxyUrl: OptionType<string> = {
  label: "URL",
  parse(given) {
    const text = given.trim();
    if (text.toLowerCase() === "env") return "env";
    parseProxy(text);
    return text;
  },
};

/** IP addresses, separated by commas. */
const localAddresses: OptionType<readonly string[]> = {
  label: "ADDRESSES",
  parse(given) {
    const list = given.split(",").map((part) => part.trim()).filter((part) => part !== "");
    if (list.length === 0) throw new UsageError("expected one or more IP addresses");
    return list.map((part) => ipAddress.parse(part));
  },
  format: (list) => list.join(","),
};

/** The table. */
export const transferOptions = defineOptions({
  followRedirects: {
    long: "--follow-redirects",
    type: count({ min: 0, max: 1000 }),
    group: "Request",
    default: 0,
    defaultLabel: "none; without N, 10",
    bare: 10,
    help:
      "Follow up to N redirects per request; credentials stay with their origin, latency covers the whole chain",
  },
  expectContinue: {
    long: "--expect-continue",
    negation: "--no-expect-continue",
    type: toggle,
    group: "Request",
    defaultLabel: "off",
    help:
      "Send Expect: 100-continue, and the body on 100 or after 1 s; a server that ignores or refuses it (417) is not asked again",
  },
  compressed: {
    long: "--compressed",
    type: toggle,
    group: "Request",
    default: false,
    help: "Request gzip, deflate or br; bytes are counted compressed, checks see the decoded body",
  },
  proxy: {
    long: "--proxy",
    type: proxyUrl,
    group: "Connection",
    conflicts: ["resolve", "connectTo", "unixSocket"],
    defaultLabel: "none, whatever the environment says",
    help: "Use the proxy at http://HOST:PORT, socks5://… or socks5h://…, with user:pass@ if needed; " +
      "env: use HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY",
  },
  localAddress: {
    long: "--local-address",
    type: localAddresses,
    group: "Connection",
    conflicts: ["unixSocket", "master"],
    help:
      "Send from this address of the machine, or from several in turn (a,b,c): each has its own local ports; " +
      "costs some CPU",
  },
});

/** What the table yields. */
export type TransferValues = ValuesOf<typeof transferOptions>;

/** The settings of clients that these options make, but for those that need the environment. */
export function transferSettings(values: TransferValues) {
  return {
    maxRedirects: values.followRedirects,
    expectContinue: values.expectContinue,
    localAddresses: values.localAddress,
  } satisfies Loose<Partial<ClientSpec>>;
}

/** Checks that need several values. */
export function checkTransferOptions(
  values: TransferValues & { readonly client: ClientSpec["kind"] },
): readonly string[] {
  return values.compressed && values.client === "fetch"
    ? ["--client fetch cannot be used with --compressed: it cannot see how many bytes were transferred"]
    : [];
}
