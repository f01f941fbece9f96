/**
 * Prometheus remote write, version 1.0. What makes the payload is loaded only when it is asked for.
 *
 * @module
 */
import { VERSION } from "../lib/version.ts";
import { endpointOf, headersOf } from "./endpoint.ts";
import { prometheusUrls } from "./export_options.ts";
import type { Encoder, ExportContext, Exporter } from "./exporter.ts";

/** The exporter. Without a path of its own the URL means `/api/v1/write`. */
export const remoteWriteExporter: Exporter = {
  name: "Remote write",
  open(values, context) {
    const { remoteWrite } = prometheusUrls(values);
    return remoteWrite === undefined ? undefined : open(remoteWrite, context);
  },
};

async function open(text: string, { prefix, tags, headers }: ExportContext): Promise<Encoder> {
  const { remoteWritePayload } = await import("./remote_write_payload.ts");
  const endpoint = endpointOf(text, "/api/v1/write");
  const payloadOf = remoteWritePayload(prefix, tags);
  const allHeaders = headersOf(endpoint.headers, {
    "content-type": "application/x-protobuf",
    "content-encoding": "snappy",
    "x-prometheus-remote-write-version": "0.1.0",
    "user-agent": `bench/${VERSION}`,
  }, headers);
  return (frame) => ({
    kind: "http",
    method: "POST",
    url: endpoint.url.href,
    headers: allHeaders,
    body: payloadOf(frame),
  });
}
