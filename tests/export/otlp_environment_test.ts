/** OpenTelemetry's own environment variables. */
import { assertEquals } from "@std/assert";
import { otlpSettings } from "../../src/export/otlp_environment.ts";

Deno.test("otlpSettings() of nothing is nothing", () => {
  assertEquals(otlpSettings({}), { headers: {}, isCompressed: false, resource: {} });
});

Deno.test("otlpSettings() reads headers, time limit, compression and resource", () => {
  assertEquals(
    otlpSettings({
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%3Db%20c, other = x ,broken,=,bad=%",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=staging,service.name=ignored",
      OTEL_SERVICE_NAME: "checkout-load",
    }),
    {
      headers: { "api-key": "a=b c", other: "x" },
      timeoutMs: 2500,
      isCompressed: true,
      resource: { "deployment.environment": "staging", "service.name": "checkout-load" },
    },
  );
});

Deno.test("otlpSettings() prefers the variables for metrics", () => {
  const settings = otlpSettings({
    OTEL_EXPORTER_OTLP_HEADERS: "a=1",
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: "b=2",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "none",
    OTEL_EXPORTER_OTLP_TIMEOUT: "soon",
  });
  assertEquals(settings, { headers: { b: "2" }, isCompressed: false, resource: {} });
});
