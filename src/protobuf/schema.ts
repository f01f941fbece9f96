/**
 * What `.proto` files, descriptor sets and servers' reflection say: services with their methods, and the types of
 * messages.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { suggest } from "../lib/suggest.ts";
import type { ProtoEnum, ProtoMessage, ProtoTypes } from "../plan/grpc/proto_types.ts";

/** A method of a service. */
export interface ProtoMethod {
  readonly name: string;
  /** Full names of messages, without a dot in front. */
  readonly request: string;
  readonly response: string;
  readonly streamsRequests: boolean;
  readonly streamsResponses: boolean;
}

/** A service. */
export interface ProtoService {
  /** Its full name. */
  readonly name: string;
  readonly methods: readonly ProtoMethod[];
}

/** Everything that was declared, by full names. */
export class ProtoSchema {
  readonly services = new Map<string, ProtoService>();
  readonly messages = new Map<string, ProtoMessage>();
  readonly enums = new Map<string, ProtoEnum>();

  /**
   * The method that `package.Service/Method` names; a dot in place of the slash is understood.
   *
   * @throws {UsageError} with the nearest names when there is none
   */
  methodAt(path: string): { readonly service: ProtoService; readonly method: ProtoMethod } {
    const { service: serviceName, method: methodName } = splitMethod(path);
    if (this.services.has(path)) {
      const [first] = this.services.get(path)!.methods;
      throw new UsageError(
        `${path} is a service: expected a method behind it, such as ${path}/${first?.name ?? "Method"}`,
      );
    }
    const service = this.services.get(serviceName) ?? this.#rejectService(serviceName);
    const method = service.methods.find(({ name }) => name === methodName);
    if (method !== undefined) return { service, method };
    const names = service.methods.map(({ name }) => name);
    throw new UsageError(
      `Service ${service.name} has no method "${escapeTerminal(methodName)}"${hint(methodName, names)}`,
    );
  }

  #rejectService(wanted: string): never {
    const names = [...this.services.keys()];
    const sameEnd = names.filter((name) => lastPart(name) === lastPart(wanted));
    const near = sameEnd.length > 0 ? `: did you mean ${sameEnd.join(" or ")}?` : hint(wanted, names);
    throw new UsageError(`There is no service "${escapeTerminal(wanted)}"${near}`);
  }

  /** The types that messages of these types are made of. */
  typesOf(names: readonly string[]): ProtoTypes {
    const messages = new Map<string, ProtoMessage>();
    const enums = new Map<string, ProtoEnum>();
    const waiting = [...names];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const message = this.messages.get(name);
      if (message === undefined || messages.has(name)) continue;
      messages.set(name, message);
      for (const { kind, type } of message.fields) {
        if (kind === "message" || kind === "group") waiting.push(type);
        const found = kind === "enum" ? this.enums.get(type) : undefined;
        if (found !== undefined) enums.set(type, found);
      }
    }
    return { messages: [...messages.values()], enums: [...enums.values()] };
  }
}

/** Names of a service and a method. */
export interface MethodPath {
  readonly service: string;
  readonly method: string;
}

/**
 * Takes `package.Service/Method` apart.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitMethod("shop.Shop/GetItem"), { service: "shop.Shop", method: "GetItem" });
 * assertEquals(splitMethod("shop.Shop.GetItem"), { service: "shop.Shop", method: "GetItem" });
 * ```
 *
 * @throws {UsageError} when it is neither
 */
export function splitMethod(path: string): MethodPath {
  const at = path.includes("/") ? path.indexOf("/") : path.lastIndexOf(".");
  const service = path.slice(0, Math.max(0, at));
  const method = path.slice(at + 1);
  if (service === "" || !/^\w+$/.test(method) || !/^\w+(?:\.\w+)*$/.test(service)) {
    throw new UsageError(
      `Cannot call "${escapeTerminal(path)}": expected package.Service/Method, such as shop.Shop/GetItem`,
    );
  }
  return { service, method };
}

const MAX_LISTED = 10;

function hint(wanted: string, names: readonly string[]): string {
  const near = suggest(wanted, names);
  if (near !== undefined) return `: did you mean ${near}?`;
  if (names.length === 0) return "";
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : "";
  return `; there ${names.length === 1 ? "is" : "are"} ${names.slice(0, MAX_LISTED).join(", ")}${more}`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}
