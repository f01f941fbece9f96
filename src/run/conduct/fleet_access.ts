/**
 * The files and secrets by which machines of a fleet trust each other.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { readTextWithin } from "../../lib/files/read_within.ts";
import type { FleetValues } from "../../fleet/fleet_options.ts";
import { UsageError } from "../../lib/errors.ts";
import { readAs } from "../compose/request_spec.ts";

/** Texts, read. */
export interface FleetAccess {
  readonly secret?: string;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly caCerts: readonly string[];
  /** A NATS credentials file. */
  readonly natsCreds?: string;
}

/**
 * Reads what the options name.
 * @throws {UsageError} when a file cannot be read or holds something else.
 */
export async function readFleetAccess(values: FleetValues): Promise<FleetAccess> {
  const { secretFile, clusterCert, clusterKey, clusterCa, natsCreds } = values;
  const secret = secretFile === undefined
    ? values.secret ?? values.workerSecret
    : await readSecret("--secret-file", secretFile);
  return {
    caCerts: clusterCa === undefined ? [] : [await readPem("--cluster-ca", clusterCa, "CERTIFICATE")],
    ...(secret !== undefined && { secret }),
    ...(clusterCert !== undefined && clusterKey !== undefined && {
      tls: {
        cert: await readPem("--cluster-cert", clusterCert, "CERTIFICATE"),
        key: await readPem("--cluster-key", clusterKey, "PRIVATE KEY"),
      },
    }),
    ...(natsCreds !== undefined && {
      natsCreds: await readAs(
        { flag: "--nats-creds", path: natsCreds },
        () => readTextWithin(natsCreds, MAX_TEXT_BYTES),
      ),
    }),
  };
}

/**
 * The secret in a file.
 * @throws {UsageError} when it cannot be read, or is too short to keep anybody out
 */
export async function readSecret(flag: string, path: string): Promise<string> {
  return await readAs({ flag, path }, async () => {
    const secret = (await readTextWithin(path, MAX_TEXT_BYTES)).trim();
    if (secret.length < 8) throw new UsageError("expected a secret of at least 8 characters in it");
    return secret;
  });
}

async function readPem(flag: string, path: string, what: string): Promise<string> {
  return await readAs({ flag, path }, async () => {
    const pem = await readTextWithin(path, MAX_TEXT_BYTES);
    if (!pem.includes(`${what}-----`)) throw new UsageError(`it holds no PEM ${what.toLowerCase()}`);
    return pem;
  });
}
