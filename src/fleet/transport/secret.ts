/**
 * The shared secret of a fleet: proofs that an end knows it, and signatures that keep strangers' frames out. Everything
 * is HMAC-SHA-256 (RFC 2104) over a label and both ends' nonces, so that nothing said once is of use again, and compared
 * in constant time.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

/** The nonces of one handshake. */
export interface Nonces {
  readonly node: string;
  readonly master: string;
}

/** 32 random bytes in hexadecimal. */
export function newNonce(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}

/** What an end shows to prove that it knows the secret. */
export function proofOf(secret: string, role: "node" | "master", { node, master }: Nonces): string {
  return hmac(secret, `bench ${role} ${node} ${master}`);
}

/** The key that signs the frames of one session. */
export function sessionKey(secret: string, { node, master }: Nonces): string {
  return hmac(secret, `bench session ${node} ${master}`);
}

/** The signature of a frame that travels from `from`. */
export function signatureOf(key: string, from: "node" | "master", frame: string): string {
  return hmac(key, `${from} ${frame}`);
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
export function isSameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
