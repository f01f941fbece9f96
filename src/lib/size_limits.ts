/**
 * How much is taken of what others send: files, servers, masters, workers and strangers. Whatever is longer is refused
 * or cut where it is read, and never collected first. Limits that users set stand with their options; these are the
 * ones that are built in. Sizes of buffers and caches are no limits and stand with the code that has them.
 *
 * @module
 */
const KIB = 1024;
const MIB = 1024 ** 2;

// Files that users name.

/** For what is read and then taken apart value by value: scenarios, configurations, descriptions, certificates. */
export const MAX_TEXT_BYTES = 64 * MIB;
/** For recordings, results and data. No text can be much longer: 2²⁹ characters are the platform's limit. */
export const MAX_FILE_BYTES = 500 * MIB;
/** A recording (HAR), the engine's longest string. */
export const MAX_RECORDING_BYTES = 512 * MIB - 32;
/** A data file of a scenario. */
export const MAX_DATA_BYTES = 256 * MIB;
/** A body that a scenario reads from a file. */
export const MAX_BODY_FILE_BYTES = 10 * MIB;
/** A scenario file, in characters. */
export const MAX_SCENARIO_CHARS = 10 * MIB;
/** Objects, lists and what is in them, of a scenario file. */
export const MAX_SCENARIO_VALUES = 200_000;
/** Lists and objects inside one another, of a scenario file. */
export const MAX_SCENARIO_LEVELS = 100;
/** Times that a YAML document may refer to what it has said before. */
export const MAX_YAML_ALIASES = 1000;
/** A histogram of another tool's log, unpacked. */
export const MAX_HDR_HISTOGRAM_BYTES = 16 * MIB;
/** A file of the system, such as those below `/proc`. */
export const MAX_SYSTEM_FILE_BYTES = 64 * KIB;

/** A request to change a run, over its page's API. */
export const MAX_PATCH_BYTES = 64 * KIB;

// Servers under test, and what stands before them.

/** Kept of a response body for checks and extraction, unless `--body-limit` says otherwise. */
export const DEFAULT_BODY_LIMIT_BYTES = MIB;
/** A response's headers, unless `--max-header-size` says otherwise. */
export const DEFAULT_HEAD_LIMIT_BYTES = 64 * KIB;
/** Interim responses (1xx) before the final one. */
export const MAX_INTERIM_RESPONSES = 16;
/** HTTP/2 frames of one header block: more, and empty ones among them, are an attack. */
export const MAX_CONTINUATIONS = 1024;
/** HTTP/2 frames that ask for work and bring nothing, between two that do. */
export const MAX_IDLE_FRAMES = 10_000;
/** A proxy's response to CONNECT. */
export const MAX_CONNECT_HEAD_BYTES = 16 * KIB;
/** A cookie (RFC 6265, section 6.1, as the next two). */
export const MAX_COOKIE_BYTES = 4096;
/** Cookies of one domain; the oldest one makes room. */
export const MAX_DOMAIN_COOKIES = 50;
/** Cookies of one user; the oldest one makes room. */
export const MAX_COOKIES = 3000;
/** Longer `Domain` and `Path` attributes do not count, as in browsers. */
export const MAX_ATTRIBUTE_CHARS = 1024;
/** Objects and lists inside one another; what `..` in a JSONPath would find below this is not found. */
export const MAX_JSON_LEVELS = 1000;
/** Of a body, a URL or a value this much is searched for credentials and patterns. */
export const SEARCHED_CHARS = 64 * KIB;

// Receivers of exports.

/** A receiver's response. */
export const MAX_RECEIVER_RESPONSE_BYTES = 64 * KIB;

// Masters and workers.

/** A frame, so that it fits into one message of a NATS server (1 MiB in UTF-8). */
export const MAX_FRAME_CHARS = 256 * KIB;
/** Frames that wait for a listener; more than a handshake is ever ahead of. */
export const MAX_WAITING_FRAMES = 1000;
/** A notice that a master accepts: a snapshot of many steps. */
export const MAX_NOTICE_CHARS = 32 * MIB;
/** A plan that a worker accepts, unless `--max-data` says otherwise. */
export const DEFAULT_PLAN_BYTES = 32 * MIB;
/** What bodies from files may add to a plan together; 64 MiB in base64. */
export const MAX_PLAN_BODIES_BYTES = 48 * MIB;
/** Steps of a flow in a plan; and flows. */
export const MAX_PLAN_STEPS = 1_000_000;
/** Shares that an order may have, whatever a node then makes of it. */
export const MAX_SHARES = 1024;
/** The reason for an end of a connection. */
export const MAX_REASON_CHARS = 500;
/** Bytes that may wait for a peer that does not read before it counts as lost. */
export const MAX_UNREAD_BYTES = 64 * MIB;
/** A frame of somebody who has not proved that it knows the secret. */
export const MAX_STRANGER_CHARS = 2048;
/** All that such a peer may send: TLS, HTTP and a handshake need half. */
export const MAX_STRANGER_BYTES = 8 * KIB;

// Clients of the built-in target.

/** A response that they ask for. */
export const MAX_TARGET_BYTES = 1024 * MIB;
/** A body that is sent back. */
export const MAX_ECHO_BYTES = 10 * MIB;
/** Kept of a body in the journal. */
export const MAX_JOURNAL_BYTES = MIB;
/** A request to the target that cuts connections. */
export const MAX_CUT_REQUEST_BYTES = 64 * KIB;

/** Iterations per second that are started at most: more are a mistake, and no machine keeps up with them. */
export const MAX_RATE = 10_000_000;
/** Users that a run may be changed to at most while it goes on. */
export const MAX_CHANGED_USERS = 1_000_000;
