/**
 * The JSON report: the public document as text, two spaces a level, ASCII only.
 *
 * @module
 */
import { jsonText } from "../lib/json/json_text.ts";
import { methodOf, stepsOf } from "../plan/scenario.ts";
import { toJsonDocument } from "../result/document/json_document.ts";
import type { Outcome } from "../result/outcome.ts";
import type { Reporter } from "./reporter.ts";

/** Writes the public JSON document; of several runs, totals and a document for each. */
export const jsonReporter: Reporter = {
  name: "json",
  render: (outcome) => jsonText(toJsonDocument(outcome)),
  renderAll: (outcomes) => jsonText(multiDocument(outcomes)),
};

function multiDocument(outcomes: readonly Outcome[]): unknown {
  const endpoints = outcomes.map((outcome) => ({
    method: methodOf(stepsOf(outcome.result.plan.scenario)[0]),
    ...toJsonDocument(outcome),
  }));
  const sum = (key: "total_requests" | "total_errors") => endpoints.reduce((total, of) => total + of[key], 0);
  return {
    mode: "multi_url",
    endpoint_count: endpoints.length,
    total_requests: sum("total_requests"),
    total_errors: sum("total_errors"),
    endpoints,
  };
}
