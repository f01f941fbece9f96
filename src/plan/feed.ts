/**
 * What threads are given while the load runs, since it is too much for a plan: read once, by whoever holds the plan, and
 * handed out in parts that are asked for.
 *
 * @module
 */

/** The next iterations of one share. */
export interface FeedPart {
  /** When each is due, in ms since the start; never less than the one before. */
  readonly dueMs: readonly number[];
  /** A line for each, in words of the kind of step that made them. */
  readonly text: string;
  /** What could not be read since the last part. */
  readonly unread: number;
  /** There is no other. */
  readonly isLast: boolean;
}

/** The next part where the plan holds everything. */
export const noFeed = (): Promise<FeedPart> =>
  Promise.resolve({ dueMs: [], text: "", unread: 0, isLast: true });

/** Hands out parts. */
export interface Feed {
  /** The next part of the share with this number; never rejects. */
  readPart(share: number): Promise<FeedPart>;
  /** What of the source could not be read, and why; the parts end before it. Absent: all of it could, so far. */
  readonly loss?: { readonly what: string; readonly reason: string };
  /** A share takes no more: what would be its is forgotten. */
  leave(share: number): void;
  /** Reads no more. */
  close(): void;
}
