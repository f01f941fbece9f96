/**
 * An answer as checks and extraction see it. Text, JSON and header fields are decoded when they are first asked for, at
 * most once an answer.
 *
 * @module
 */
import type { Exchange } from "../client/exchange/http_client.ts";
import { parseExactJson } from "./json_path.ts";

const decoder = new TextDecoder();

/** Reads the exchange shown last. One a user. */
export class ResponseView {
  #exchange: Exchange | null = null;
  #text: string | undefined;
  #json: { readonly value: unknown } | null | undefined;
  #fields: Map<string, string[]> | undefined;

  /** Turns to another answer. The exchange must not change while it is looked at. */
  show(exchange: Exchange): void {
    this.forget();
    this.#exchange = exchange;
  }

  /** Lets go of what was decoded. */
  forget(): void {
    this.#exchange = null;
    this.#text = undefined;
    this.#json = undefined;
    this.#fields = undefined;
  }

  get status(): number {
    return this.#exchange?.status ?? 0;
  }

  /** From when the request was due to the end of its answer. */
  get latencyMs(): number {
    return this.#exchange === null ? 0 : this.#exchange.endMs - this.#exchange.dueMs;
  }

  /** The body as UTF-8; malformed bytes become U+FFFD. */
  get text(): string {
    return this.#text ??= decoder.decode(this.#exchange?.body ?? undefined);
  }

  /** The body's JSON value, or `null` when the body is not JSON. */
  get json(): { readonly value: unknown } | null {
    if (this.#json === undefined) {
      try {
        this.#json = { value: parseExactJson(this.text) };
      } catch {
        // Servers answer what they like: that is for the rules to judge.
        this.#json = null;
      }
    }
    return this.#json;
  }

  /** A header field's value, or `undefined`. Values of a repeated field are joined with ", ", cookies excepted. */
  header(name: string): string | undefined {
    const key = name.toLowerCase();
    const values = (this.#fields ??= fieldsOf(this.#exchange?.head ?? null)).get(key);
    return key === "set-cookie" ? values?.[0] : values?.join(", ");
  }
}

function fieldsOf(head: Uint8Array | null): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  if (head === null) return fields;
  for (const line of decoder.decode(head).split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}
