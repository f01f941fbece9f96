/**
 * The gRPC calls of a user's code, ready to be made: method and messages are looked up, written and prepared here.
 *
 * @module
 */
import { rejectUnknown } from "../../../lib/reject_unknown.ts";
import { concat } from "@std/bytes/concat";
import { assembleRequest } from "../../../client/exchange/assemble_request.ts";
import type { PreparedRequest } from "../../../client/exchange/http_client.ts";
import { LINE_BREAK } from "../../../lib/net/header_syntax.ts";
import { DEFAULT_BODY_LIMIT_BYTES } from "../../../lib/size_limits.ts";
import { suggest } from "../../../lib/suggest.ts";
import type { ClientSpec } from "../../../plan/client_spec.ts";
import type { CallMethod, ModuleCalls } from "../../../plan/grpc/module_calls.ts";
import type { HeaderLine } from "../../../plan/http_step.ts";
import { MessageError } from "../../../protobuf/message_error.ts";
import type { CallOptions, GrpcStatus } from "../../../script.ts";
import { callHeaders } from "../../http/grpc/build_call.ts";
import { CallForm } from "../../http/grpc/call_form.ts";

/** A call that is to be made. */
export interface ScriptCall {
  readonly name: string;
  readonly request: PreparedRequest;
  readonly form: CallForm;
  /** Statuses that are no failure; absent: OK alone. */
  readonly expect?: readonly GrpcStatus[];
  readonly compressed: boolean;
}

/** What calls are built with. */
export interface CallBuilderContext {
  readonly client: ClientSpec;
  /** Where methods are called that name no server; empty: nowhere. */
  readonly base: string;
  /** Metadata that all calls have. */
  readonly headers: readonly HeaderLine[];
  /** Absent: nobody said which methods there are. */
  readonly calls: ModuleCalls | undefined;
  readonly maxBodyBytes: number | undefined;
  /** The number of the step that a name is counted for. */
  find(name: string): number;
  /** A time of the code in ms. @throws {TypeError} */
  timeOf(time: number | string): number;
}

/** A method at a server. */
interface Place {
  readonly server: URL;
  readonly method: CallMethod;
  readonly form: CallForm;
}

/** A place, and what all its plain calls have in common. */
interface KnownPlace extends Place {
  readonly plain: PreparedRequest;
  readonly fed: PreparedRequest;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof CallOptions>(
  ["metadata", "deadline", "name", "expect", "compressed"],
);

/** Places that are kept, of whole URLs as of methods. */
const MAX_KEPT = 1000;

/** Builds the calls of a thread. */
export class CallBuilder {
  readonly #context: CallBuilderContext;
  readonly #methods: ReadonlyMap<string, CallMethod>;
  readonly #forms = new Map<CallMethod, CallForm>();
  readonly #places = new Map<string, KnownPlace>();

  constructor(context: CallBuilderContext) {
    this.#context = context;
    this.#methods = new Map(context.calls?.methods.map((method) => [method.path, method]));
  }

  /**
   * A call with its messages: one, or a list where the method takes many. `isFed`: more may follow.
   *
   * @throws {TypeError} when there is no such method, or message or options do not fit
   */
  build(
    path: string,
    { message, options = {}, isFed }: {
      readonly message: object | undefined;
      readonly options: CallOptions | undefined;
      readonly isFed: boolean;
    },
  ): { readonly call: ScriptCall; readonly frames: readonly Uint8Array[] } {
    checkOptions(options);
    const place = this.#placeOf(String(path));
    const { form, method, plain, fed } = place;
    const { compressed = form.spec.compressed === true, name = method.path, expect } = options;
    const takesMany = method.streamsRequests === true;
    const frames = framesOf(message, { form, compressed, takesMany, isFed });
    const isPlain = options.metadata === undefined && options.deadline === undefined &&
      options.name === undefined && options.compressed === undefined;
    const staysOpen = isFed && takesMany;
    const shared = staysOpen ? fed : plain;
    const model = isPlain ? shared : this.#prepare(place, { name, options, compressed, isFed: staysOpen });
    const body = staysOpen ? null : concat(frames);
    // The end of an empty body is part of the head, which others do not have.
    const { sameHead: _, ...own } = model;
    return {
      call: {
        name,
        request: body !== null && body.length === 0 ? { ...own, body } : { ...model, body },
        form,
        ...(expect !== undefined && { expect: typeof expect === "string" ? [expect] : expect }),
        compressed,
      },
      frames,
    };
  }

  #placeOf(path: string): KnownPlace {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    const place = this.#find(path);
    const common = { name: place.method.path, options: {}, compressed: place.form.spec.compressed === true };
    const made = {
      ...place,
      plain: this.#prepare(place, { ...common, isFed: false }),
      fed: this.#prepare(place, { ...common, isFed: true }),
    };
    if (this.#places.size < MAX_KEPT) this.#places.set(path, made);
    return made;
  }

  #find(path: string): Place {
    const { base } = this.#context;
    const url = /^grpcs?:\/\//i.test(path) ? URL.parse(path.replace(/^grpc/i, "http")) : null;
    const method = this.#methodAt(url === null ? path.replace(/^\//, "") : url.pathname.slice(1));
    if (url === null && base === "") {
      throw new TypeError(
        `Cannot call ${
          JSON.stringify(path)
        }: expected a grpc:// URL on the command line, in options.url, or here`,
      );
    }
    return { server: url ?? new URL(base), method, form: this.#formOf(method) };
  }

  #methodAt(wanted: string): CallMethod {
    const { calls } = this.#context;
    if (calls === undefined) {
      throw new TypeError(
        `Cannot call ${
          JSON.stringify(wanted)
        }: nothing says which methods there are; name a .proto file with --proto or ` +
          "options.proto, or a grpc:// URL whose server has reflection",
      );
    }
    const found = this.#methods.get(wanted) ?? this.#methods.get(wanted.replace(/\.(\w+)$/, "/$1"));
    if (found !== undefined) return found;
    const names = [...this.#methods.keys()];
    const near = suggest(wanted, names);
    const listed = names.slice(0, 10).join(", ");
    throw new TypeError(
      `There is no method ${JSON.stringify(wanted)}${
        near !== undefined ? `: did you mean ${near}?` : listed === "" ? "" : `; there are ${listed}`
      }`,
    );
  }

  #formOf(method: CallMethod): CallForm {
    const known = this.#forms.get(method);
    if (known !== undefined) return known;
    const { types, maxMessageBytes, compressed } = this.#context.calls!;
    const { path: _, ...ends } = method;
    const form = new CallForm({ ...ends, types, maxMessageBytes, ...(compressed && { compressed }) }, {
      keptBytes: this.#context.maxBodyBytes ?? DEFAULT_BODY_LIMIT_BYTES,
      stream: null,
      statuses: null,
    });
    this.#forms.set(method, form);
    return form;
  }

  #prepare({ server, method }: Place, { name, options, compressed, isFed }: {
    readonly name: string;
    readonly options: CallOptions;
    readonly compressed: boolean;
    readonly isFed: boolean;
  }): PreparedRequest {
    const { client, headers, calls, find, timeOf } = this.#context;
    const { deadline, metadata } = options;
    const deadlineMs = deadline === undefined ? calls!.deadlineMs : timeOf(deadline);
    const url = new URL(`/${method.path}`, server);
    const request = assembleRequest({
      step: find(name),
      method: "POST",
      url,
      headers: callHeaders({
        headers: metadata === undefined ? headers : withMetadata(headers, metadata),
        ...(deadlineMs !== undefined && { deadlineMs }),
        compressed,
        server,
      }),
      body: null,
      ...(deadlineMs !== undefined && { timeoutMs: deadlineMs }),
      maxRedirects: 0,
      isRepeated: false,
      memory: null,
      wantsHead: true,
      wantsBody: false,
      wantsCookies: false,
    }, client);
    return { ...request, isCall: true, ...(isFed && { isFed: true as const }), sameHead: {} };
  }
}

/** @throws {TypeError} */
function checkOptions(options: CallOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError('Cannot call with that: expected options such as { deadline: "1s" }');
  }
  rejectUnknown(options, { known: OPTIONS, kind: "call" });
}

function framesOf(
  message: object | undefined,
  { form, compressed, takesMany, isFed }: {
    readonly form: CallForm;
    readonly compressed: boolean;
    readonly takesMany: boolean;
    readonly isFed: boolean;
  },
): readonly Uint8Array[] {
  const nothing = isFed && takesMany ? [] : [{}];
  const messages = message === undefined
    ? nothing
    : Array.isArray(message) && takesMany
    ? message
    : [message];
  return messages.map((one) => frameOf(one, { form, compressed }));
}

/** A message, ready to be sent. @throws {TypeError} when it does not fit */
export function frameOf(
  message: unknown,
  { form, compressed }: Pick<ScriptCall, "form" | "compressed">,
): Uint8Array {
  try {
    return form.encodeValue(message, compressed);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    throw new TypeError(`The message does not fit ${form.spec.request}: ${error.describe()}`);
  }
}

function withMetadata(
  common: readonly HeaderLine[],
  metadata: NonNullable<CallOptions["metadata"]>,
): readonly HeaderLine[] {
  const own = Object.entries(metadata);
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  return [
    ...common.filter(([name]) => !names.has(name.toLowerCase())),
    ...own.flatMap(([name, value]): readonly HeaderLine[] => {
      if (!/^[\w.-]+$/.test(name)) throw new TypeError(`Cannot send metadata called ${JSON.stringify(name)}`);
      if (value === null) return [];
      const isBinary = /-bin$/i.test(name);
      if (typeof value !== "string" && !isBinary) {
        throw new TypeError(`Cannot send bytes as ${name}: the names of binary metadata end in -bin`);
      }
      const text = typeof value === "string"
        ? value
        : value.toBase64({ alphabet: "base64", omitPadding: true });
      if (LINE_BREAK.test(text)) throw new TypeError(`Cannot send the metadata ${name}: it has a line break`);
      return [[name, text]];
    }),
  ];
}
