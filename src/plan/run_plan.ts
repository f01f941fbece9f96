/**
 * Everything a worker needs to apply its share of the load, and nothing else: no report paths, no thresholds. Plain
 * JSON-safe data; times in ms.
 *
 * @module
 */
import type { HeaderLine, Scenario } from "./scenario.ts";

/** A rate curve, by name. Rates in iterations per second, times in ms. Made and explained in `src/load/pacers`. */
export type PacerSpec =
  | { readonly kind: "constant"; readonly rate: number }
  | { readonly kind: "linear"; readonly from: number; readonly to: number; readonly durationMs: number }
  | {
    readonly kind: "sine";
    readonly rate: number;
    readonly cycles: number;
    readonly min: number;
    readonly durationMs: number;
  }
  | { readonly kind: "step"; readonly levels: readonly number[]; readonly durationMs: number }
  | {
    readonly kind: "sawtooth";
    readonly rate: number;
    readonly cycles: number;
    readonly min: number;
    readonly durationMs: number;
  }
  | {
    readonly kind: "square";
    readonly rate: number;
    readonly cycles: number;
    readonly low: number;
    readonly durationMs: number;
  }
  | {
    readonly kind: "spike";
    readonly rate: number;
    readonly intervalMs: number;
    readonly spikeMs: number;
    readonly multiplier: number;
    readonly baseline: number;
  }
  | { readonly kind: "business-hours"; readonly rate: number; readonly durationMs: number }
  | {
    /** Piecewise linear through `[ms, rate]` points; the nearest end value holds outside. */
    readonly kind: "points";
    readonly points: readonly (readonly [atMs: number, rate: number])[];
  };

/** Closed loop: `connections` users, no pause, until the time is over. */
export interface DurationLoad {
  readonly kind: "duration";
  readonly connections: number;
  readonly durationMs: number;
}

/** Closed loop: `connections` users, no pause, until `requests` requests (or `iterations` flows) were started. */
export interface RequestsLoad {
  readonly kind: "requests";
  readonly connections: number;
  /** What `amount` counts. */
  readonly unit: "requests" | "iterations";
  readonly amount: number;
}

/** Closed loop with pauses: user i of `users` starts at i·rampUpMs/users. */
export interface UsersLoad {
  readonly kind: "users";
  readonly users: number;
  readonly durationMs: number;
  readonly rampUpMs: number;
  /** Mean pause after a request; absent: the scenario's own. */
  readonly thinkMs: number;
  /** Relative half-width of the pause, 0 to 1. */
  readonly thinkJitter: number;
}

/** Open loop: arrivals on the pacer's schedule, whatever the answers do. */
export interface RateLoad {
  readonly kind: "rate";
  readonly pacer: PacerSpec;
  /** No arrival is due after this. Absent: until `amount` arrivals. */
  readonly durationMs?: number;
  readonly amount?: number;
  /** Most connections, over all slots. */
  readonly maxConnections: number;
  /** The curve in words, for reports. */
  readonly description?: string;
  readonly targetRate: number;
  readonly rampTargetRate?: number;
}

/** When iterations start. */
export type LoadSpec = DurationLoad | RequestsLoad | UsersLoad | RateLoad;

/** How TLS connections are made. PEM texts, not paths, so that remote workers need no files. */
export interface TlsSpec {
  /** Refuse certificates that are not trusted. */
  readonly verify: boolean;
  /** Extra trusted roots, PEM. */
  readonly caCerts: readonly string[];
  /** Client certificate chain and key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** Server name sent and checked instead of the URL's host. */
  readonly sni?: string;
  readonly minVersion?: "1.2" | "1.3";
  readonly maxVersion?: "1.2" | "1.3";
}

/** How requests travel. */
export interface ClientSpec {
  readonly kind: "raw" | "fetch";
  readonly keepAlive: boolean;
  /** Whole-request timeout, connection set-up included. */
  readonly timeoutMs: number;
  /** Largest response head accepted, in bytes. */
  readonly maxHeaderBytes: number;
  readonly tls: TlsSpec;
  /** Time DNS, connect, TLS, first byte and transfer of each exchange. */
  readonly phases: boolean;
  /** Compare declared with received body lengths. */
  readonly verifyLength: boolean;
  /** Redirects to follow; 0: none. */
  readonly maxRedirects: number;
  /** Ask for HTTP/2. */
  readonly http2: boolean;
  /** Where names lead instead of DNS: `host:port` (or `*`) to an address. */
  readonly resolve: readonly ResolveRule[];
  /** 4 or 6: use only addresses of that family. */
  readonly family?: 4 | 6;
  readonly unixSocket?: string;
  readonly localAddress?: string;
  /** `http://[user:pass@]host:port` or `socks5://…`. */
  readonly proxy?: string;
  /** Look names up again after this time; absent: once a run. */
  readonly dnsRefreshMs?: number;
  readonly perAddress: boolean;
}

/** Sends connections for `host:port` to another address (and port). An empty `host` or port 0 matches any. */
export interface ResolveRule {
  readonly host: string;
  readonly port: number;
  readonly toHost: string;
  readonly toPort: number;
}

/** What a worker is told before it starts. */
export interface RunPlan {
  readonly version: 1;
  readonly load: LoadSpec;
  readonly scenario: Scenario;
  readonly client: ClientSpec;
  /** How long what is in flight at the end may still take. */
  readonly graceMs: number;
  /** Load applied before the measurement starts, excluded from the results. */
  readonly warmupMs: number;
  readonly seed: number;
  /** What each slot keeps for `-v`: 0 nothing, 2 the first of each failure, 3 statuses a second, 4 sampled heads. */
  readonly verbosity: number;
}

/** Headers that hold credentials; never shown, never sent across origins by a redirect. */
export function isCredential(header: HeaderLine): boolean {
  return /^(?:authorization|proxy-authorization|cookie|set-cookie)$|token|secret|api-?key|password/i.test(
    header[0],
  );
}
