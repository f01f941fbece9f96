/**
 * A description of an API in the OpenAPI format, versions 2.0 (Swagger), 3.0 and 3.1 (https://spec.openapis.org/oas/),
 * as untrusted data: its text, its references, its servers and operations. What they mean for a request is left to
 * others.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { MAX_YAML_ALIASES } from "../../lib/size_limits.ts";
import { parseDocument } from "yaml";
import { messageOf, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import { knownDocument, knownText } from "../known_formats.ts";
import { listOf, textOf } from "../json_values.ts";
import { shown } from "../wording.ts";
import { isSwagger2, upgradeSwagger2 } from "./swagger2.ts";

/** An object of the document. */
export type SpecObject = Readonly<Record<string, unknown>>;

/** One method of one path. */
export interface Operation {
  /** As in the document: `/pets/{petId}`. */
  readonly path: string;
  /** In upper case. */
  readonly method: string;
  readonly tags: readonly string[];
  /** Those of the path and, in their place where both have one, those of the operation; references resolved. */
  readonly parameters: readonly SpecObject[];
  /** Those of the operation, its path or the document, whichever are nearest; references unresolved. */
  readonly servers: readonly unknown[];
  /** The operation itself. */
  readonly object: SpecObject;
}

const METHODS = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"] as const;
/** References that lead to references. */
const MAX_HOPS = 32;

/** A parsed document. */
export class OpenapiDocument {
  /** References that lead outside of the document or nowhere. */
  readonly lostReferences: Set<string> = new Set();
  readonly root: SpecObject;

  private constructor(root: SpecObject) {
    this.root = root;
  }

  /**
   * Reads YAML or JSON; `label` is what messages call it.
   * @throws {UsageError} when it is no such description.
   */
  static parse(text: string, label: string): OpenapiDocument {
    const refuse = (reason: string) =>
      new UsageError(`Cannot import ${shown(label)}: ${escapeTerminal(reason)}`);
    const parsed = parseDocument(text, { prettyErrors: true, uniqueKeys: false, logLevel: "error" });
    const [error] = parsed.errors;
    const other = error === undefined ? undefined : knownText(text);
    if (other !== undefined && !other.includes("openapi-import")) {
      throw refuse(`expected an OpenAPI description, and it is ${other}`);
    }
    if (error !== undefined) throw refuse(shown(error.message.split(":\n")[0]!));
    let root: unknown;
    try {
      root = parsed.toJS({ maxAliasCount: MAX_YAML_ALIASES });
    } catch (error) {
      throw refuse(shown(messageOf(error)));
    }
    if (!isRecord(root)) {
      const what = typeof root === "string" ? knownText(text) : undefined;
      throw refuse(
        `expected an OpenAPI description${
          what === undefined ? ", which is an object" : `, and it is ${what}`
        }`,
      );
    }
    const isSwagger = isSwagger2(root);
    const version = String(root["openapi"] ?? "");
    if (!isSwagger && !/^3\.[01](?:\.|$)/.test(version)) {
      const known = root["openapi"] === undefined ? knownDocument(root) : undefined;
      const found = version === "" ? "nothing" : shown(version);
      throw refuse(
        known === undefined
          ? `expected "openapi" to be 3.0 or 3.1, or "swagger" to be 2.0, found ${found}`
          : `expected an OpenAPI description, 3.0 or 3.1, or Swagger 2.0, and it is ${known}`,
      );
    }
    if (!isRecord(root["paths"])) throw refuse('it has no "paths"');
    const document = new OpenapiDocument(root);
    return isSwagger
      ? new OpenapiDocument(upgradeSwagger2(root, (value) => document.resolve(value)))
      : document;
  }

  /** The object, or the one that its `$ref` leads to; `undefined` when there is none. */
  resolve(value: unknown): SpecObject | undefined {
    let object = value;
    for (let hop = 0; isRecord(object); hop++) {
      const reference = textOf(object["$ref"]);
      if (reference === undefined) return object;
      object = hop < MAX_HOPS ? this.#lookUp(reference) : undefined;
      if (object === undefined) this.lostReferences.add(reference);
    }
    return undefined;
  }

  /** A list's objects, references resolved. */
  resolveAll(list: unknown): readonly SpecObject[] {
    return listOf(list).map((value) => this.resolve(value)).filter((object) => object !== undefined);
  }

  /** All operations, by path and then as methods usually stand. */
  operations(): readonly Operation[] {
    const paths = Object.entries(this.root["paths"] as SpecObject);
    return paths.sort(([a], [b]) => a < b ? -1 : 1).flatMap(([path, value]) => {
      const item = this.resolve(value);
      return item === undefined ? [] : METHODS.flatMap((method) => {
        const object = this.resolve(item[method.toLowerCase()]);
        if (object === undefined) return [];
        const tags = listOf(object["tags"]).filter((tag) => typeof tag === "string");
        const servers = [object, item, this.root].map((each) => listOf(each["servers"])).find(({ length }) =>
          length > 0
        );
        return {
          path,
          method,
          tags,
          object,
          servers: servers ?? [],
          parameters: this.#parametersOf(item, object),
        };
      });
    });
  }

  /** The first server's URL, its variables filled in with their defaults; `undefined` when there is none. */
  serverUrl(servers: readonly unknown[]): string | undefined {
    const [server] = this.resolveAll(servers);
    const variables = this.resolve(server?.["variables"]) ?? {};
    return textOf(server?.["url"])?.replace(/\{([^{}]*)\}/g, (whole, name) => {
      const variable = this.resolve(variables[name]);
      const value = variable?.["default"] ?? listOf(variable?.["enum"])[0];
      return value === undefined ? whole : String(value);
    });
  }

  #lookUp(reference: string): unknown {
    if (reference === "#") return this.root;
    if (!reference.startsWith("#/")) return undefined;
    let at: unknown = this.root;
    for (const part of reference.slice(2).split("/")) {
      const key = percentDecoded(part).replaceAll("~1", "/").replaceAll("~0", "~");
      if (Array.isArray(at)) at = at[Number(key)];
      else at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
    return at;
  }

  #parametersOf(item: SpecObject, operation: SpecObject): readonly SpecObject[] {
    const all = [...this.resolveAll(item["parameters"]), ...this.resolveAll(operation["parameters"])];
    return [...new Map(all.map((each) => [`${each["in"]} ${each["name"]}`, each])).values()];
  }
}
