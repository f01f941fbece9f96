/**
 * How requests travel, out of the settings.
 *
 * @module
 */
import {
  connectionSettings,
  type ConnectionValues,
  tlsSettings,
} from "../../client/options/connection_options.ts";
import { httpSettings, type HttpValues } from "../../client/options/http_options.ts";
import { traceSettings, type TraceValues } from "../../client/options/trace_options.ts";
import { transferSettings, type TransferValues } from "../../client/options/transfer_options.ts";
import { type Loose, present } from "../../lib/json/present.ts";
import type { ClientSpec, TlsSpec } from "../../plan/client_spec.ts";

/** How requests travel: what the options make, and what was read from files or the environment for them. */
export function composeClient(
  values: HttpValues & ConnectionValues & TransferValues & TraceValues,
  { proxy, auth, ...pems }:
    & Pick<TlsSpec, "caCerts" | "cert" | "key">
    & Pick<ClientSpec, "proxy" | "auth">,
): ClientSpec {
  // Settings that no option makes do not compile.
  const tls:
    & Loose<TlsSpec>
    & Readonly<Record<Exclude<keyof TlsSpec, "viaNode" | keyof typeof pems>, unknown>> = {
      ...tlsSettings(values),
      ...pems,
      verify: !values.insecure,
    };
  const client: Loose<ClientSpec> & Readonly<Record<keyof ClientSpec, unknown>> = {
    ...httpSettings(values),
    ...connectionSettings(values),
    ...transferSettings(values),
    ...traceSettings(values),
    tls: present<TlsSpec>(tls),
    // What the steps are decides.
    callsApart: undefined,
    proxy,
    auth,
  };
  return present<ClientSpec>(client);
}
