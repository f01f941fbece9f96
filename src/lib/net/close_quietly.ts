/**
 * Connections closed by whoever is done with them.
 *
 * @module
 */

/** Closes a connection that the other end, or an abort, may have closed already. */
export function closeQuietly(connection: { close(): void }): void {
  try {
    connection.close();
  } catch {
    // Closed before.
  }
}
