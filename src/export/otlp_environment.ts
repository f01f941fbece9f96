/**
 * The standard variables that an OTLP exporter honours. Source: OpenTelemetry specification, "OTLP Exporter
 * Configuration" and "SDK Environment Variables". The endpoint is not among them: exporting is asked for by option, and
 * never by an environment that was set for something else.
 *
 * @module
 */

/** Names of the variables that are read; whoever may read the environment hands them in. */
export const OTEL_VARIABLES = [
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
  "OTEL_EXPORTER_OTLP_TIMEOUT",
  "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
  "OTEL_EXPORTER_OTLP_COMPRESSION",
  "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_SERVICE_NAME",
] as const;

/** What they say. */
export interface OtlpSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly isCompressed: boolean;
  readonly resource: Readonly<Record<string, string>>;
}

/** Reads the variables; what cannot be understood is left out, as the specification asks. */
export function otlpSettings(environment: Readonly<Record<string, string>>): OtlpSettings {
  const signal = (name: string) =>
    environment[`OTEL_EXPORTER_OTLP_METRICS_${name}`] || environment[`OTEL_EXPORTER_OTLP_${name}`];
  const timeoutMs = Number(signal("TIMEOUT"));
  const serviceName = environment.OTEL_SERVICE_NAME;
  return {
    headers: pairsOf(signal("HEADERS")),
    ...(timeoutMs > 0 && { timeoutMs }),
    isCompressed: signal("COMPRESSION") === "gzip",
    resource: {
      ...pairsOf(environment.OTEL_RESOURCE_ATTRIBUTES),
      ...(serviceName && { "service.name": serviceName }),
    },
  };
}

/** `a=1,b=2` with percent-encoded values, as in W3C Baggage. */
function pairsOf(text = ""): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(",").flatMap((member) => {
      const equals = member.indexOf("=");
      const key = member.slice(0, Math.max(equals, 0)).trim();
      if (key === "") return [];
      try {
        return [[key, decodeURIComponent(member.slice(equals + 1).trim())]];
      } catch {
        return []; // No valid percent-encoding.
      }
    }),
  );
}
