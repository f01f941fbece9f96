/**
 * Who may look at a run, and who may change it. A page of another origin can do neither: on loopback only names of this
 * machine are answered, so that no foreign name can be made to lead here; beyond it nobody gets anything without the
 * token; and changes need the token always.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";

/** Of a request, what access depends on. */
export interface Asking {
  /** The `Host` header. */
  readonly host: string | undefined;
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The query's `token`. */
  readonly token: string | null;
}

/** What is guarded. */
export interface Guarded {
  readonly isLoopback: boolean;
  readonly token: string;
}

/** What someone may do. */
export interface Access {
  readonly mayLook: boolean;
  readonly mayChange: boolean;
}

const LOCAL_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** What the sender of a request may do. */
export function accessOf({ host, authorization, token }: Asking, guarded: Guarded): Access {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  const hasToken = isToken(bearer ?? token ?? "", guarded.token);
  const isLocal = guarded.isLoopback && LOCAL_NAME.test(host ?? "");
  if (guarded.isLoopback && !isLocal) return { mayLook: false, mayChange: false };
  return { mayLook: isLocal || hasToken, mayChange: hasToken };
}

/** Compared in a time that does not tell how much of it is right. */
function isToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
