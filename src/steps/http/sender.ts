/**
 * What requests take from the user who sends them.
 *
 * @module
 */
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import type { CookieTarget } from "../../client/exchange/cookie_jar.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { MessageWriter } from "../../protobuf/message_writer.ts";
import type { Scope } from "../../template/scope.ts";
import type { BodyTextBuffer } from "./quick_request.ts";

/** A request whose body is another one each time. */
export type ReusedRequest = PreparedRequest & { body: Uint8Array };

/** The requests of one user's calls: a user makes one at a time. */
export class UserRequests {
  /** Users who make no calls, thousands of them, hold none. */
  #writer: MessageWriter | null = null;
  readonly #requests: (ReusedRequest | undefined)[] = [];

  /** Where messages are written. */
  get writer(): MessageWriter {
    return this.#writer ??= new MessageWriter();
  }

  /** The request of the step that `model` is of, with another body. */
  withBody(model: PreparedRequest, body: Uint8Array): PreparedRequest {
    const own = this.#requests[model.step] ??= { ...model, body };
    own.body = body;
    return own;
  }
}

/** What a step's request takes from the user who sends it. */
export interface Sender {
  readonly scope: Scope;
  readonly buffer: BodyTextBuffer;
  /** What holds the message of a call until the next one, and the requests of calls by their steps. */
  readonly calls: UserRequests;
  /** The values drawn for the request under way, for those who look at it; one for each of the step's `sources`. */
  values: readonly string[];
  /** Is told the fields of the request, without the cookies that servers had set. */
  sent(headers: readonly HeaderLine[]): void;
  /** The value of the `Cookie` field for a URL, or `""`. */
  cookiesFor(url: CookieTarget): string;
}
