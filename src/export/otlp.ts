/**
 * OpenTelemetry metrics over HTTP (OTLP/HTTP, binary protobuf). What makes the payload is loaded only when it is asked
 * for.
 *
 * @module
 */
import { nodeModule } from "../lib/node_modules.ts";
import { endpointOf, headersOf } from "./endpoint.ts";
import type { Encoder, ExportContext, Exporter } from "./exporter.ts";
import { otlpSettings } from "./otlp_environment.ts";

/** The exporter. Without a path of its own the URL means `/v1/metrics`. */
export const otlpExporter: Exporter = {
  name: "OpenTelemetry",
  open: (values, context) =>
    values.otelEndpoint === undefined ? undefined : open(values.otelEndpoint, context),
};

async function open(text: string, { prefix, tags, headers, environment }: ExportContext): Promise<Encoder> {
  const { otlpPayload, refusedPoints } = await import("./otlp_payload.ts");
  const endpoint = endpointOf(text, "/v1/metrics");
  const settings = otlpSettings(environment);
  const payloadOf = otlpPayload({ prefix, tags, resource: settings.resource });
  const allHeaders = headersOf(
    endpoint.headers,
    {
      "content-type": "application/x-protobuf",
      ...(settings.isCompressed && { "content-encoding": "gzip" }),
    },
    settings.headers,
    headers,
  );
  return (frame) => {
    const payload = payloadOf(frame);
    return {
      kind: "http",
      method: "POST",
      url: endpoint.url.href,
      headers: allHeaders,
      body: settings.isCompressed ? new Uint8Array(nodeModule("node:zlib").gzipSync(payload)) : payload,
      ...(settings.timeoutMs !== undefined && { timeoutMs: settings.timeoutMs }),
      refusalIn: refusedPoints,
    };
  };
}
