/**
 * Logs in before the load: the token that the run begins with.
 *
 * @module
 */
import { fetchToken } from "../../client/auth/token.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { Note } from "../../result/outcome.ts";

/**
 * The plan with a token in it, and what to tell about it; a plan that needs none stays as it is.
 *
 * @throws {UsageError} when the token's server does not give one
 */
export async function logIn(
  plan: RunPlan,
): Promise<{ readonly plan: RunPlan; readonly notes: readonly Note[] }> {
  const { auth, tls } = plan.client;
  if (auth?.kind !== "oauth2") return { plan, notes: [] };
  const startMs = performance.now();
  const { token, endsAtMs } = await fetchToken(auth, tls.caCerts);
  const tookMs = Math.round(performance.now() - startMs);
  const lasts = endsAtMs === undefined
    ? "it does not say how long it is valid"
    : `it is valid for ${Math.round((endsAtMs - Date.now()) / 1000)}s and renewed before, by each thread`;
  const text = `A token was fetched from ${
    new URL(auth.tokenUrl).host
  } in ${tookMs}ms, before the load, and is not counted; ${lasts}`;
  return {
    plan: {
      ...plan,
      client: { ...plan.client, auth: { ...auth, token, ...(endsAtMs !== undefined && { endsAtMs }) } },
    },
    notes: [{ level: "info", text }],
  };
}
