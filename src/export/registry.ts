/**
 * All exporters.
 *
 * @module
 */
import { influxExporter } from "./influx.ts";
import { otlpExporter } from "./otlp.ts";
import { pushgatewayExporter } from "./pushgateway.ts";
import { remoteWriteExporter } from "./remote_write.ts";
import { statsdExporter } from "./statsd.ts";

/** Every kind of receiver that frames are sent to. */
export const EXPORTERS = [
  otlpExporter,
  pushgatewayExporter,
  remoteWriteExporter,
  influxExporter,
  statsdExporter,
] as const;
