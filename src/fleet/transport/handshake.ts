/**
 * How a node and a master get to know each other: same protocol, same release, same secret. Each proves that it knows
 * the secret, the node first since it chose whom to call; neither ever sends it.
 *
 * ```text
 * node    hello {protocol, release, name, threads, nonce} ->
 *         <- challenge {nonce, isSecret}                 or refused {reason}
 *         proof {proof} ->
 *         <- welcome {proof}                             or refused {reason}
 * ```
 *
 * Where frames may get lost the node repeats what has no response yet, and the master answers the same again.
 *
 * @module
 */
import { MAX_STRANGER_CHARS } from "../../lib/size_limits.ts";
import * as v from "valibot";
import { RunError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import type { Transport } from "./transport.ts";
import { isSameText, newNonce, type Nonces, proofOf, sessionKey } from "./secret.ts";

/** Changes when older programs would misunderstand. */
export const PROTOCOL = 1;

const REPEAT_MS = 1000;

const nonce = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const proof = v.pipe(v.string(), v.maxLength(100));

const hello = v.strictObject({
  kind: v.literal("hello"),
  protocol: v.number(),
  release: v.pipe(v.string(), v.maxLength(100)),
  name: v.pipe(v.string(), v.maxLength(100)),
  threads: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
  nonce,
});
const proofMessage = v.strictObject({ kind: v.literal("proof"), proof });
const fromNode = v.variant("kind", [hello, proofMessage]);
const fromMaster = v.variant("kind", [
  v.strictObject({ kind: v.literal("challenge"), nonce, isSecret: v.boolean() }),
  v.strictObject({ kind: v.literal("welcome"), proof }),
  v.strictObject({
    kind: v.literal("refused"),
    reason: v.pipe(v.string(), v.maxLength(1000)),
    mayChange: v.boolean(),
  }),
]);

/** A node that was let in, or the master that let it in. */
export interface Acquaintance {
  /** Signs the session's frames; absent without a secret. */
  readonly key?: string;
}

/** What a node says of itself. */
export interface NodeIdentity {
  readonly name: string;
  /** Load threads it can run. */
  readonly threads: number;
}

/** The master does not want this node, or is not to be trusted. */
export class Rejection extends RunError {
  /** Another time it may be different: the master had enough workers. */
  readonly mayChange: boolean;

  constructor(message: string, mayChange = false) {
    super(message);
    this.mayChange = mayChange;
  }
}

/**
 * Introduces a node to the master.
 * @throws {Refusal} when the master refuses, or cannot prove that it knows the secret.
 * @throws {RunError} when it does not answer, or not as a master.
 */
export function introduce(
  transport: Transport,
  me: NodeIdentity,
  options: { readonly secret?: string; readonly timeoutMs: number },
): Promise<Acquaintance> {
  const { secret } = options;
  const mine = newNonce();
  let nonces: Nonces | undefined;
  let last = JSON.stringify({ kind: "hello", protocol: PROTOCOL, release: VERSION, ...me, nonce: mine });
  return settle<Acquaintance>(transport, options.timeoutMs, ({ resolve, reject, repeat }) => {
    const say = () => transport.send(last);
    transport.onFrame((frame) => {
      const message = read(fromMaster, frame);
      if (message === undefined) return reject(new RunError(`${transport.peer} is not a bench master`));
      if (message.kind === "refused") {
        return reject(new Rejection(`The master refuses: ${message.reason}`, message.mayChange));
      }
      if (message.kind === "challenge") {
        if (message.isSecret !== (secret !== undefined)) {
          return reject(
            new Rejection(
              message.isSecret
                ? "The master requires a shared secret: use --secret-file or BENCH_SECRET"
                : "The master has no shared secret, but this worker has one: the master is not trusted",
            ),
          );
        }
        // A repeated challenge after a repeated hello; another one would be somebody else's.
        if (nonces !== undefined && nonces.master !== message.nonce) return;
        nonces = { node: mine, master: message.nonce };
        const shown = secret === undefined ? "" : proofOf(secret, "node", nonces);
        last = JSON.stringify({ kind: "proof", proof: shown });
        return say();
      }
      if (nonces === undefined) return reject(new Rejection("The master did not ask for a proof"));
      if (secret !== undefined && !isSameText(message.proof, proofOf(secret, "master", nonces))) {
        return reject(new Rejection("The master does not know the shared secret"));
      }
      resolve(secret === undefined ? {} : { key: sessionKey(secret, nonces) });
    });
    if (transport.isLossy) repeat(REPEAT_MS, say);
    say();
  });
}

/** What a master lets in. */
export interface AdmissionOptions {
  readonly secret?: string;
  readonly timeoutMs: number;
  /** Why a node that has proved itself is not wanted all the same; absent: it is. */
  readonly refuse?: (node: NodeIdentity) => string | undefined;
}

/**
 * Lets a node in, or refuses it and ends the pipe. `welcome` is the last frame sent, should it have to be repeated.
 * @throws {RunError} that says why it was refused, or what it did instead of answering.
 */
export function acceptPeer(
  transport: Transport,
  options: AdmissionOptions,
): Promise<Acquaintance & { readonly node: NodeIdentity; readonly welcome: string }> {
  const { secret } = options;
  const mine = newNonce();
  let known: { node: NodeIdentity; nonces: Nonces } | undefined;
  return settle(transport, options.timeoutMs, ({ resolve, reject }) => {
    const refuse = (reason: string, mayChange = false) => {
      transport.send(JSON.stringify({ kind: "refused", reason, mayChange }));
      reject(new RunError(reason));
      transport.close("refused");
    };
    transport.onFrame((frame) => {
      const message = read(fromNode, frame);
      if (message === undefined) return refuse("That is not a bench worker");
      if (message.kind === "hello") {
        const { protocol, release, name, threads } = message;
        if (protocol !== PROTOCOL || release !== VERSION) {
          return refuse(
            `The master is bench ${VERSION} (protocol ${PROTOCOL}), the worker ${release} (protocol ${protocol}): ` +
              "use the same release",
          );
        }
        if (known !== undefined && known.nonces.node !== message.nonce) {
          return refuse("A second hello on the same connection");
        }
        known = { node: { name, threads }, nonces: { node: message.nonce, master: mine } };
        return transport.send(
          JSON.stringify({ kind: "challenge", nonce: mine, isSecret: secret !== undefined }),
        );
      }
      if (known === undefined) return refuse("Expected a hello first");
      const { node, nonces } = known;
      if (secret !== undefined && !isSameText(message.proof, proofOf(secret, "node", nonces))) {
        return refuse("The shared secret is wrong");
      }
      const unwanted = options.refuse?.(node);
      if (unwanted !== undefined) return refuse(unwanted, true);
      const welcome = JSON.stringify({
        kind: "welcome",
        proof: secret === undefined ? "" : proofOf(secret, "master", nonces),
      });
      transport.send(welcome);
      resolve({ node, welcome, ...(secret !== undefined && { key: sessionKey(secret, nonces) }) });
    });
  });
}

/** Whether a frame belongs to a handshake: a repeated one may come after its end. */
export function isHandshakeFrame(frame: string): boolean {
  return frame.startsWith("{");
}

/** Whether a frame is a node's proof: said again, it tells that the welcome was lost. */
export function isProofFrame(frame: string): boolean {
  return frame.startsWith('{"kind":"proof"');
}

interface Settling<T> {
  resolve(value: T): void;
  reject(error: Error): void;
  repeat(ms: number, act: () => void): void;
}

/** A promise that also ends with the pipe, or with its time; clears what it started. */
async function settle<T>(
  transport: Transport,
  timeoutMs: number,
  start: (ends: Settling<T>) => void,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timers: ReturnType<typeof setInterval>[] = [];
  const timeout = setTimeout(() => {
    reject(new RunError(`${transport.peer} did not respond within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  transport.onEnd((reason) => reject(new RunError(`${transport.peer} went away: ${reason}`)));
  start({
    resolve: (value) => {
      // The next frame is for the session.
      transport.onFrame(undefined);
      transport.trust();
      resolve(value);
    },
    reject,
    repeat: (ms, act) => timers.push(setInterval(act, ms)),
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timeout);
    for (const timer of timers) clearInterval(timer);
    transport.onFrame(undefined);
  }
}

function read<S extends v.GenericSchema>(schema: S, frame: string): v.InferOutput<S> | undefined {
  if (frame.length > MAX_STRANGER_CHARS) return undefined;
  try {
    const result = v.safeParse(schema, JSON.parse(frame));
    return result.success ? result.output : undefined;
  } catch {
    // Not even JSON: the caller says so.
    return undefined;
  }
}
