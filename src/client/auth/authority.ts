/**
 * Who makes the fields that authorise requests: one a thread.
 *
 * @module
 */
import type { HeaderLine } from "../../plan/http_step.ts";
import type { PreparedRequest } from "../exchange/http_client.ts";

/** Makes the fields of one kind of login. */
export interface Authority {
  /** Changes when fields that were made before are out of date; `NaN`: each request has fields of its own. */
  version(): number;
  /** The fields that a request goes with now; they replace its own of the same names. */
  fieldsFor(request: PreparedRequest): readonly HeaderLine[];
  /** Takes in the head of a response with status 401; `true`: the request may be sent again. Absent: it is of no use. */
  learn?(head: Uint8Array): boolean;
  /** A server must be asked before the first request. */
  readonly needsChallenge?: boolean;
}
