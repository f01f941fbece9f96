/**
 * Types of HTTP things: methods, header lines, cookies, credentials, addresses. Whatever could break out of its line in
 * a request is refused here, before anything is sent (RFC 9110, 5.5 and 5.6.2; RFC 6265, 4.1.1).
 *
 * @module
 */
import { authorityProblem } from "../lib/net/authority_problem.ts";
import { UsageError } from "../lib/errors.ts";
import type { OptionType } from "./option.ts";

/** One or more of the characters that names and methods consist of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Control characters, with the exception of the tab. */
// deno-lint-ignore no-control-regex -- these are what is looked for
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** A request method, in upper case. */
export const method: OptionType<string> = {
  label: "METHOD",
  parse(given) {
    const name = given.trim();
    if (!TOKEN.test(name)) throw new UsageError("expected a method such as GET or POST");
    return name.toUpperCase();
  },
};

/** Stands for the value of a header that is left out; no value can hold it. */
export const LEFT_OUT = "\0";

/**
 * A header line, `Name: value`. As with curl, `Name;` has an empty value, and `Name:` leaves out what would be sent.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(headerLine.parse("Accept:  text/html "), ["Accept", "text/html"]);
 * assertEquals(headerLine.parse("X-Empty;"), ["X-Empty", ""]);
 * assertEquals(headerLine.parse("User-Agent:"), ["User-Agent", LEFT_OUT]);
 * ```
 */
export const headerLine: OptionType<readonly [name: string, value: string]> = {
  label: "LINE",
  pair: ": ",
  parse(given) {
    const empty = /^\s*([^:;]+);\s*$/.exec(given)?.[1];
    if (empty !== undefined && TOKEN.test(empty)) return [empty, ""];
    const colon = given.indexOf(":");
    if (colon < 0) throw new UsageError('expected "Name: value"');
    const name = given.slice(0, colon).trim();
    const value = given.slice(colon + 1).trim();
    if (!TOKEN.test(name)) {
      throw new UsageError('expected a header name of letters, digits and "-" before the colon');
    }
    if (CONTROL.test(value)) throw new UsageError("expected a header value without control characters");
    return [name, value === "" ? LEFT_OUT : value];
  },
  format: ([name, value]) =>
    value === LEFT_OUT ? `${name}:` : value === "" ? `${name};` : `${name}: ${value}`,
};

/** `name=value`, or several of them joined by `;`, as a `Cookie` header wants them. */
export const cookie: OptionType<string> = {
  label: "NAME=VALUE",
  pair: "=",
  parse(given) {
    const parts = given.split(";").map((part) => part.trim());
    for (const part of parts) {
      const equals = part.indexOf("=");
      if (equals < 0 || !TOKEN.test(part.slice(0, equals)) || CONTROL.test(part)) {
        throw new UsageError("expected name=value without control characters");
      }
    }
    return parts.join("; ");
  },
};

/** `user:password`; either may be empty, the colon may not be missing (RFC 7617, 2). */
export const userPassword: OptionType<string> = {
  label: "USER:PASS",
  parse(given) {
    if (!given.includes(":") || /\p{Cc}/u.test(given)) throw new UsageError("expected user:password");
    return given;
  },
};

/**
 * `key=value`, both trimmed, split at the first `=`. The value may have several lines.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(keyValue.parse("build = a=b"), ["build", "a=b"]);
 * ```
 */
export const keyValue: OptionType<readonly [key: string, value: string]> = {
  label: "KEY=VALUE",
  pair: "=",
  parse(given) {
    const equals = given.indexOf("=");
    const key = given.slice(0, Math.max(0, equals)).trim();
    if (key === "" || /\p{Cc}/u.test(key) || CONTROL.test(given.replaceAll("\n", ""))) {
      throw new UsageError("expected key=value");
    }
    return [key, given.slice(equals + 1).trim()];
  },
  format: ([key, value]) => `${key}=${value}`,
};

/** A host and a port. `host` has no brackets around IPv6 addresses. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * `HOST:PORT`; IPv6 addresses in brackets.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(hostPort.parse("[::1]:9220"), { host: "::1", port: 9220 });
 * ```
 */
export const hostPort: OptionType<HostPort> = {
  label: "HOST:PORT",
  parse(given) {
    const [, bracketed, plain, digits] =
      /^(?:\[([\da-f:.]+)\]|([^\s:/[\]@]+)):(\d{1,5})$/i.exec(given.trim()) ?? [];
    const host = bracketed ?? plain;
    const port = Number(digits);
    if (host === undefined || !(port >= 1 && port <= 65_535)) {
      throw new UsageError("expected HOST:PORT with a port from 1 to 65535");
    }
    if (bracketed !== undefined && !isIPv6(bracketed)) {
      throw new UsageError("expected an IPv6 address in the brackets");
    }
    return { host, port };
  },
  format: ({ host, port }) => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`),
};

/** `PORT` on this machine's loopback interface, or `HOST:PORT`. */
export const listenAddress: OptionType<HostPort> = {
  ...hostPort,
  label: "[HOST:]PORT",
  parse: (given) => hostPort.parse(/^\d+$/.test(given.trim()) ? `127.0.0.1:${given.trim()}` : given),
};

/**
 * An IPv4 or IPv6 address, without brackets; one that holds on a single link with the interface's name, its zone.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(ipAddress.parse("[fe80::1%eth0]"), "fe80::1%eth0");
 * ```
 */
export const ipAddress: OptionType<string> = {
  label: "ADDRESS",
  parse(given) {
    const address = given.trim().replace(/^\[(.*)\]$/, "$1");
    const [, withoutZone = address] = /^(.*:.*)%[\w.-]+$/.exec(address) ?? [];
    if (!isIPv4(withoutZone) && !isIPv6(withoutZone)) {
      throw new UsageError("expected an IPv4 or IPv6 address");
    }
    return address;
  },
};

/** An absolute `http:` or `https:` URL, as given. */
export const httpUrl: OptionType<string> = {
  label: "URL",
  parse(given) {
    const trimmed = given.trim();
    const problem = /^https?:\/\//i.test(trimmed) ? authorityProblem(trimmed) : undefined;
    if (problem !== undefined) throw new UsageError(`expected a URL: ${problem}`);
    if (!/^https?:\/\/[^/\\]/i.test(trimmed) || /[\s\p{Cc}]/u.test(trimmed) || !URL.canParse(trimmed)) {
      throw new UsageError("expected a URL that begins with http:// or https://");
    }
    return trimmed;
  },
};

function isIPv4(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);
}

function isIPv6(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}
