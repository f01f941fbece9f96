/**
 * A response as checks and extraction see it. Text, JSON and header fields are decoded when they are first asked for, at
 * most once a response.
 *
 * @module
 */
import type { Exchange } from "../../../client/exchange/http_client.ts";
import type { SafePattern } from "../../../lib/safe_pattern.ts";
import { JsonDocument } from "../../../template/exact_json.ts";

const decoder = new TextDecoder();
const decoders = new Map<string, TextDecoder>();
/** Servers may name what they like. */
const MAX_DECODERS = 50;

/** A decoder for the charset that a `Content-Type` names; for UTF-8 when it names none, or none that is known. */
export function decoderFor(contentType: string | undefined): TextDecoder {
  const charset = /;\s*charset=\s*"?([^\s;"]+)/i.exec(contentType ?? "")?.[1]?.toLowerCase();
  if (charset === undefined) return decoder;
  const known = decoders.get(charset);
  if (known !== undefined) return known;
  if (decoders.size >= MAX_DECODERS) decoders.clear();
  let made = decoder;
  try {
    made = new TextDecoder(charset);
  } catch {
    // No charset of the Encoding Standard.
  }
  decoders.set(charset, made);
  return made;
}

/** What was decoded of a body. */
interface Decoded {
  text: string | undefined;
  json: JsonDocument | null | undefined;
}

/** Of bodies that many responses have; one that many have belongs to one head. */
const sharedBodies = new WeakMap<Uint8Array, Decoded>();

/** What is decoded of such a body: once, for all who have it. */
export function sharedOf(body: Uint8Array): Decoded {
  let shared = sharedBodies.get(body);
  if (shared === undefined) sharedBodies.set(body, shared = { text: undefined, json: undefined });
  return shared;
}

/** Reads the exchange shown last. One a user. */
export class ResponseView {
  readonly #jarCookies: () => string;
  readonly #own: Decoded = { text: undefined, json: undefined };
  #decoded = this.#own;
  #exchange: Exchange | null = null;
  #fields: Map<string, string[]> | undefined;
  #isPatternCut = false;

  /** `jarCookies`: the cookies that the user would send back now, as a `Cookie` field has them. */
  constructor(jarCookies: () => string = () => "") {
    this.#jarCookies = jarCookies;
  }

  /**
   * Turns to another response. The exchange must not change while it is looked at. `isShared`: its body is an object that
   * never changes, and that other responses have, too.
   */
  show(exchange: Exchange, isShared = false): void {
    this.forget();
    this.#exchange = exchange;
    this.#decoded = isShared && exchange.body !== null ? sharedOf(exchange.body) : this.#own;
  }

  /** Lets go of what was decoded. */
  forget(): void {
    this.#exchange = null;
    this.#decoded = this.#own;
    this.#own.text = undefined;
    this.#own.json = undefined;
    this.#fields = undefined;
    this.#isPatternCut = false;
  }

  /** The status of a call; −1: there is none. */
  get grpcStatus(): number {
    return this.#exchange?.call?.status ?? -1;
  }

  /** Whether a pattern that found nothing had not looked at the whole body. */
  get isPatternCut(): boolean {
    return this.#isPatternCut;
  }

  /** What the failure of a pattern that found nothing in the body adds when it had not looked at the whole. */
  beyond({ maxCharacters }: SafePattern): string {
    if (this.text.length <= maxCharacters) return this.cut;
    this.#isPatternCut = true;
    return `, in the first ${maxCharacters} characters`;
  }

  /** What a failure adds when only the start of the body was looked at. */
  get cut(): string {
    const { isBodyCut = false, body = null } = this.#exchange ?? {};
    if (!isBodyCut) return "";
    return body === null ? ", in the first messages" : `, in the first ${body.length} bytes`;
  }

  get status(): number {
    return this.#exchange?.status ?? 0;
  }

  /** From when the request was due to the end of its response. */
  get latencyMs(): number {
    return this.#exchange === null ? 0 : this.#exchange.endMs - this.#exchange.dueMs;
  }

  /** The body in the charset that its head names, else in UTF-8; malformed bytes become U+FFFD. */
  get text(): string {
    const reply = this.#exchange?.reply ?? null;
    return this.#decoded.text ??= reply === null
      ? this.#decoder().decode(this.#exchange?.body ?? undefined)
      : JSON.stringify(reply.value);
  }

  /** Heads are kept where a charset is named. */
  #decoder(): TextDecoder {
    return this.#exchange === null || this.#exchange.head === null || !this.#exchange.mayHaveCharset
      ? decoder
      : decoderFor(this.header("content-type"));
  }

  /** The body as JSON, or `null` when the body is not JSON. */
  get json(): JsonDocument | null {
    const decoded = this.#decoded;
    if (decoded.json === undefined) {
      try {
        const reply = this.#exchange?.reply ?? null;
        decoded.json = reply === null ? new JsonDocument(this.text) : new JsonDocument("", reply.value);
      } catch {
        // Servers answer what they like: that is for the rules to judge.
        decoded.json = null;
      }
    }
    return decoded.json;
  }

  /** A cookie's value: as the response sets it, else as the user keeps it. */
  cookie(name: string): string | undefined {
    const set = this.#headerValues("set-cookie") ?? [];
    const kept = this.#jarCookies().split("; ");
    return valueIn(set.map((line) => line.split(";", 1)[0]!), name) ?? valueIn(kept, name);
  }

  /** A header field's value, or `undefined`. Values of a repeated field are joined with ", ", cookies excepted. */
  header(name: string): string | undefined {
    const key = name.toLowerCase();
    const values = this.#headerValues(key);
    return key === "set-cookie" ? values?.[0] : values?.join(", ");
  }

  #headerValues(key: string): readonly string[] | undefined {
    return (this.#fields ??= fieldsOf(this.#exchange?.head ?? null)).get(key);
  }
}

/** The last value of a name among `name=value` pairs. */
function valueIn(pairs: readonly string[], name: string): string | undefined {
  const pair = pairs.findLast((one) => one.slice(0, one.indexOf("=")).trim() === name);
  return pair?.slice(pair.indexOf("=") + 1).trim();
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
