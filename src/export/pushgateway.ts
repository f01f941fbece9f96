/**
 * Pushes to a Prometheus Pushgateway: `PUT URL/metrics/job/JOB/TAG/VALUE…`, which replaces the group of exactly these
 * tags and labels of the run, so that runs with others stay. A URL that names its group itself is used as it is; tags
 * then label the metrics. Source: the Pushgateway's README, "Command line" and "URL".
 *
 * @module
 */
import { base64, endpointOf, headersOf } from "./endpoint.ts";
import { prometheusUrls } from "./export_options.ts";
import { type Exporter, labelsOf } from "./exporter.ts";
import { EXPOSITION_TYPE, expositionText, legalLabels } from "./prometheus_text.ts";

/** The exporter. */
export const pushgatewayExporter: Exporter = {
  name: "Pushgateway",
  open(values, { prefix, tags, headers }) {
    const { pushgateway } = prometheusUrls(values);
    if (pushgateway === undefined) return undefined;
    const endpoint = endpointOf(pushgateway, "/");
    const before = endpoint.url.pathname.replace(/(?<!\/)\/+$/, "");
    const namesGroup = NAMES_GROUP.test(before);
    return Promise.resolve((frame) => {
      const url = new URL(endpoint.url);
      if (!namesGroup) url.pathname = `${before}${groupPath(prefix, { ...frame.labels, ...tags })}`;
      return {
        kind: "http",
        method: "PUT",
        url: url.href,
        headers: headersOf(endpoint.headers, { "content-type": EXPOSITION_TYPE }, headers),
        // Without what the gateway takes from the path.
        body: expositionText(frame.rows, {
          prefix,
          labels: (row) => namesGroup ? labelsOf(row, frame, tags) : labelsOf(row, { ...frame, labels: {} }),
        }),
      };
    });
  },
};

/** The path of a group, as users copy it from elsewhere. */
const NAMES_GROUP = /\/metrics\/job(?:@base64)?\/[^/]/;

/**
 * The path of a group: the job (a tag of that name, or else the prefix), then every tag. Values that a path cannot
 * carry go in base64.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(groupPath("bench", { region: "eu", path: "a/b" }), "/metrics/job/bench/path@base64/YS9i/region/eu");
 * ```
 */
export function groupPath(job: string, tags: Readonly<Record<string, string>>): string {
  const labels = legalLabels({ job, ...tags });
  const sorted = [...labels.filter(([name]) => name === "job"), ...labels.filter(([name]) => name !== "job")];
  return `/metrics${sorted.map(pathSegments).join("")}`;
}

function pathSegments([name, value]: readonly [string, string]): string {
  // A path has no empty segments, and "." and ".." would be resolved away.
  if (value === "" || value === "." || value === ".." || value.includes("/")) {
    return `/${name}@base64/${base64(value).replaceAll("+", "-").replaceAll("/", "_") || "="}`;
  }
  return `/${name}/${encodeURIComponent(value)}`;
}
