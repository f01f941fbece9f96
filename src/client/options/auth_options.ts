/**
 * Options of logins.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { defineOptions, type OptionType, type ValuesOf } from "../../options/option.ts";
import { choice, text } from "../../options/option_types.ts";
import type { AuthSpec } from "../../plan/auth_spec.ts";

const tokenUrl: OptionType<string> = {
  label: "URL",
  parse(given) {
    const url = URL.parse(given.trim());
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "") {
      throw new UsageError("expected the http or https URL of a token endpoint");
    }
    return url.href;
  },
};

/** `REGION/SERVICE`. */
const awsScope: OptionType<string> = {
  label: "REGION/SERVICE",
  parse(given) {
    if (!/^[\w-]+\/[\w-]+$/.test(given.trim())) {
      throw new UsageError("expected a region and a service, such as eu-central-1/execute-api");
    }
    return given.trim();
  },
};

/** A text for a header field. */
const token: OptionType<string> = {
  label: "TOKEN",
  parse(given) {
    const trimmed = given.trim();
    if (!/^[\x21-\x7e]+$/.test(trimmed)) throw new UsageError("expected a token without blanks");
    return trimmed;
  },
};

/** The table. */
export const authOptions = defineOptions({
  auth: {
    long: "--auth",
    type: choice(["basic", "bearer", "digest", "oauth2-client-credentials", "sigv4"], "SCHEME"),
    group: "Request",
    default: "basic",
    help:
      "How to log in: basic or digest with -A, bearer with --token, oauth2-client-credentials with --token-url, " +
      "sigv4 with --aws-scope",
  },
  token: {
    long: "--token",
    type: token,
    group: "Request",
    secret: true,
    help: "Token for --auth bearer; BENCH_TOKEN keeps it out of the process list",
  },
  tokenUrl: {
    long: "--token-url",
    type: tokenUrl,
    group: "Request",
    help:
      "Where --auth oauth2-client-credentials gets its token, once before the load, and again before it ends",
  },
  clientId: {
    long: "--client-id",
    type: text(),
    group: "Request",
    requires: ["tokenUrl"],
    help: "Client for --token-url",
  },
  clientSecret: {
    long: "--client-secret",
    type: text(),
    group: "Request",
    secret: true,
    requires: ["tokenUrl"],
    help: "Its secret; BENCH_CLIENT_SECRET keeps it out of the process list",
  },
  scope: {
    long: "--scope",
    type: text(),
    group: "Request",
    requires: ["tokenUrl"],
    help: "Scope to ask --token-url for",
  },
  awsScope: {
    long: "--aws-scope",
    type: awsScope,
    group: "Request",
    help:
      "Region and service for --auth sigv4; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or -A KEY:SECRET",
  },
});

/** Values of the table. */
export type AuthValues = ValuesOf<typeof authOptions>;

type Given = AuthValues & { readonly basicAuth?: string | undefined };

/** What is wrong with how logins are given. `isAsked`: the user has named the scheme; the URL may hold the login itself. */
export function checkAuthOptions(
  values: Given,
  { env, isAsked, isInUrl }: {
    readonly env: (name: string) => string | undefined;
    readonly isAsked: boolean;
    readonly isInUrl: boolean;
  },
): readonly string[] {
  const problems: string[] = [];
  const need = (flag: string, isThere: boolean) => {
    if (!isThere) problems.push(`--auth ${values.auth} needs ${flag}`);
  };
  const only = (flag: string, value: unknown, scheme: string) => {
    if (value !== undefined && values.auth !== scheme) problems.push(`${flag} needs --auth ${scheme}`);
  };
  switch (values.auth) {
    case "bearer":
      need("--token", values.token !== undefined);
      break;
    case "basic":
      if (isAsked && !isInUrl) need("-A USER:PASSWORD", values.basicAuth !== undefined);
      break;
    case "digest":
      need("-A USER:PASSWORD", values.basicAuth !== undefined);
      break;
    case "oauth2-client-credentials":
      need("--token-url", values.tokenUrl !== undefined);
      need("--client-id", values.clientId !== undefined);
      need("--client-secret", values.clientSecret !== undefined);
      break;
    case "sigv4":
      need("--aws-scope", values.awsScope !== undefined);
      need(
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or -A KEY:SECRET",
        values.basicAuth !== undefined ||
          (hasText(env("AWS_ACCESS_KEY_ID")) && hasText(env("AWS_SECRET_ACCESS_KEY"))),
      );
  }
  only("--token", values.token, "bearer");
  only("--token-url", values.tokenUrl, "oauth2-client-credentials");
  only("--aws-scope", values.awsScope, "sigv4");
  if (values.basicAuth !== undefined && /^(?:bearer|oauth2)/.test(values.auth)) {
    problems.push(`--basic-auth cannot be given together with --auth ${values.auth}`);
  }
  return problems;
}

function hasText(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

/** The login that goes beyond a fixed header; `undefined`: there is none. `origins`: the servers that may see it. */
export function authSpecFrom(
  values: Given,
  { env, origins }: {
    readonly env: (name: string) => string | undefined;
    readonly origins: readonly string[];
  },
): AuthSpec | undefined {
  const [user = "", password = ""] = splitPair(values.basicAuth ?? "");
  switch (values.auth) {
    case "digest":
      return { kind: "digest", origins, user, password };
    case "oauth2-client-credentials":
      return {
        kind: "oauth2",
        origins,
        tokenUrl: values.tokenUrl!,
        clientId: values.clientId!,
        clientSecret: values.clientSecret!,
        ...(values.scope !== undefined && { scope: values.scope }),
      };
    case "sigv4": {
      const [region = "", service = ""] = values.awsScope!.split("/");
      const hasOwn = values.basicAuth !== undefined;
      const sessionToken = hasOwn ? undefined : env("AWS_SESSION_TOKEN");
      return {
        kind: "sigv4",
        origins,
        region,
        service,
        accessKeyId: hasOwn ? user : env("AWS_ACCESS_KEY_ID") ?? "",
        secretAccessKey: hasOwn ? password : env("AWS_SECRET_ACCESS_KEY") ?? "",
        ...(hasText(sessionToken) && { sessionToken: sessionToken! }),
      };
    }
    default:
      return undefined;
  }
}

function splitPair(text: string): readonly [string, string] {
  const at = text.indexOf(":");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
