/**
 * Which load the settings ask for: a schedule, simulated users, or a loop that is as fast as the responses.
 *
 * @module
 */
import { DEFAULT_DURATION_MS, OPEN_LOOP_CONNECTIONS, UNTIL_DURATION_MS } from "../../load/load_options.ts";
import { rateLoadFrom } from "../../load/rate_options.ts";
import { usersLoadFrom } from "../../load/users_options.ts";
import type { LoadSpec } from "../../plan/run_plan.ts";
import { IN_FLIGHT, isWebSocketLoad } from "./websocket_scenario.ts";
import type { Settings } from "../settings/settings.ts";

/**
 * The load. A rate together with users is a schedule with at most so many requests in flight.
 *
 * @throws {UsageError} when the parts of a load do not fit together.
 */
export function composeLoad(
  { values, origins, operands }: Pick<Settings, "values" | "origins" | "operands">,
  readTextFile: (path: string) => string,
): LoadSpec {
  const { numRequests, iterations, users, streams = 1 } = values;
  const connections = values.connections * streams;
  const durationMs = values.duration ??
    ((numRequests ?? iterations) !== undefined
      ? undefined
      : values.until.length > 0
      ? UNTIL_DURATION_MS
      : DEFAULT_DURATION_MS);
  const time = { ...(durationMs !== undefined && { durationMs }) };
  const isWebSocket = isWebSocketLoad({ values, operands });
  // On a WebSocket messages need not wait for each other's replies.
  const most = isWebSocket
    ? (users ?? connections) * IN_FLIGHT
    : users ?? (origins.has("connections") ? connections : undefined);
  if (values.replay !== undefined) {
    return {
      kind: "rate",
      pacer: { kind: "constant", rate: 0 },
      arrivals: "recorded",
      ...(values.duration !== undefined && { durationMs: values.duration }),
      ...(numRequests !== undefined && { amount: numRequests }),
      maxConnections: most ?? OPEN_LOOP_CONNECTIONS,
    };
  }
  const scheduled = rateLoadFrom(values, {
    ...time,
    ...((numRequests ?? iterations) !== undefined && { numRequests: (numRequests ?? iterations)! }),
    ...(most !== undefined && { connections: most }),
    readTextFile,
  });
  const paced = scheduled ?? usersLoadFrom(values, {
    ...(values.duration !== undefined && { durationMs: values.duration }),
    ...(iterations !== undefined && { amount: iterations }),
    hasScenario: values.scenario !== undefined || isWebSocket,
    isAutofind: values.autofind,
  });
  if (paced !== undefined) return paced;
  if (iterations !== undefined) {
    return { kind: "requests", connections, unit: "iterations", amount: iterations, ...time };
  }
  return numRequests === undefined
    ? { kind: "duration", connections, durationMs: durationMs! }
    : { kind: "requests", connections, unit: "requests", amount: numRequests, ...time };
}
