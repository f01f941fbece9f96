/**
 * What requests take from the user who sends them.
 *
 * @module
 */
import type { CookieTarget } from "../../client/exchange/cookie_jar.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { Scope } from "../../template/scope.ts";
import type { BodyTextBuffer } from "./quick_request.ts";

/** What a step's request takes from the user who sends it. */
export interface Sender {
  readonly scope: Scope;
  readonly buffer: BodyTextBuffer;
  /** The values drawn for the request under way, for those who look at it; one for each of the step's `sources`. */
  values: readonly string[];
  /** Is told the fields of the request, without the cookies that servers had set. */
  sent(headers: readonly HeaderLine[]): void;
  /** The value of the `Cookie` field for a URL, or `""`. */
  cookiesFor(url: CookieTarget): string;
}
