/**
 * Limits that the client has met: what servers send beyond them was not kept, and reports say so.
 *
 * @module
 */

/** What a limit is on, by the name under which it is counted. */
export const LIMITS = {
  /** A cookie was larger than a user keeps. */
  cookieBytes: "cookie_bytes",
  /** A domain has set more cookies than a user keeps for it; the oldest one went. */
  domainCookies: "domain_cookies",
  /** A user was given more cookies than it keeps; the oldest one went. */
  userCookies: "user_cookies",
  /** Checks and extractions saw only the start of a body. */
  bodyBytes: "body_bytes",
  /** A regular expression found nothing in the part of a body that it looks at. */
  patternCharacters: "pattern_characters",
  /** A module gave requests more different names than are kept apart. */
  requestNames: "request_names",
  /** A loop of a scenario went on no further, since it had met its bound. */
  loopRounds: "loop_rounds",
  /** A response had more in `Server-Timing` than is read. */
  serverTimings: "server_timings",
  /** A line of a replayed log is no request that can be sent. */
  logLines: "log_lines",
} as const;

/** The name of a limit. */
export type LimitName = (typeof LIMITS)[keyof typeof LIMITS];

/** How often each limit was met. */
export class LimitCounts {
  #counts: Partial<Record<string, number>> = {};

  /** Counts one, or so many. */
  add(limit: LimitName, times = 1): void {
    this.#counts[limit] = (this.#counts[limit] ?? 0) + times;
  }

  /** What was counted since the last call. */
  take(): Readonly<Record<string, number>> {
    const taken = this.#counts as Record<string, number>;
    this.#counts = {};
    return taken;
  }
}
