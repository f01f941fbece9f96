/**
 * One request of a URL list, and what may be wrong with it.
 *
 * @module
 */
import { maskUrl } from "../lib/mask_url.ts";
import type { HeaderLine } from "../plan/http_step.ts";

/** One request of a list. */
export interface UrlEntry {
  /** In upper case. */
  readonly method: string;
  /** Absolute, `http:` or `https:`, as written. */
  readonly url: string;
  /** Its line in the file, from 1. */
  readonly line: number;
  /** Its own header fields; absent: none. */
  readonly headers?: readonly HeaderLine[];
  /** Its own body, or the file that holds it; absent: none. */
  readonly body?: EntryBody;
  /** How often it is sent, next to the others; absent: 1. */
  readonly weight?: number;
}

/** A request's body. */
export type EntryBody =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "base64"; readonly base64: string }
  | { readonly kind: "file"; readonly path: string };

/** Methods that a list may have. */
export const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;

/** What is wrong with a URL; `undefined`: nothing. */
export function entryUrlProblem(url: string): string | undefined {
  return /^https?:\/\/[^/\\?#]/i.test(url) && URL.canParse(url)
    ? undefined
    : `expected a URL that begins with http:// or https://, found ${quoted(url)}`;
}

/** What is wrong with a weight; `undefined`: nothing. */
export function weightProblem(weight: number): string | undefined {
  return Number.isFinite(weight) && weight > 0 ? undefined : "expected a weight above 0";
}

/** A text as messages show it. */
export function quoted(text: string): string {
  const masked = maskUrl(text);
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 77)}...` : masked);
}
