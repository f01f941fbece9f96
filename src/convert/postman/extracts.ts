/**
 * Variables that scripts of a Postman collection take out of a response, which steps extract.
 *
 * @module
 */

/** Names that variables of scenarios may have as well. */
const NAME = /^[A-Za-z_]\w*$/;
/** A response as JSON, as scripts have it. */
const WHOLE = String.raw`(?:pm\.response\.json\(\)|JSON\.parse\(\s*responseBody\s*\))`;
/** Members behind it: `.data`, `[0]`, `["a b"]`. */
const MEMBERS = String.raw`(?:\??\.[A-Za-z_]\w*|\??\.?\[\s*(?:\d+|"[^"\\]*"|'[^'\\]*')\s*\])+`;
const ASSIGNED = new RegExp(String.raw`\b(?:const|let|var)\s+([A-Za-z_]\w*)\s*=\s*${WHOLE}\s*;?`, "g");
const SETTER = String
  .raw`(?:pm\.(?:environment|collectionVariables|globals|variables)\.set|postman\.set(?:Environment|Global)Variable)`;

/** What a script takes out of a response: JSON paths by the names of variables, and what is left of the script. */
export interface ScriptExtracts {
  readonly paths: ReadonlyMap<string, string>;
  readonly rest: string;
}

/**
 * Finds what a script takes out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { paths, rest } = extractsIn('pm.environment.set("token", pm.response.json().data.token);');
 * assertEquals([[...paths], rest], [[["token", "$.data.token"]], ""]);
 * ```
 */
export function extractsIn(script: string): ScriptExtracts {
  const responses = [...script.matchAll(ASSIGNED)].map(([, name]) => name!);
  const source = [WHOLE, ...responses.map((name) => String.raw`\b${name}`)].join("|");
  const call = new RegExp(
    String.raw`${SETTER}\(\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*,\s*(?:${source})(${MEMBERS})\s*\)\s*;?`,
    "g",
  );
  const paths = new Map<string, string>();
  const rest = script.replace(
    call,
    (whole, double: string | undefined, single: string | undefined, members: string) => {
      const name = double ?? single ?? "";
      if (!NAME.test(name)) return whole;
      paths.set(
        name,
        `$${members.replaceAll("?.[", "[").replaceAll("?.", ".").replace(/\s+(?=\d|\]|["'])/g, "")}`,
      );
      return "";
    },
  );
  return { paths, rest: paths.size > 0 ? rest.replace(ASSIGNED, "").trim() : script };
}
