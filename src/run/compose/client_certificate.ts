/**
 * The client's own certificate and key, from files.
 *
 * @module
 */
import { nodeModule } from "../../lib/node_modules.ts";
import type { ConnectionValues } from "../../client/options/connection_options.ts";
import { UsageError } from "../../lib/errors.ts";
import type { TlsSpec } from "../../plan/client_spec.ts";
import { type PlanFiles, readAs } from "./request_spec.ts";

/**
 * The PEM texts of `--cert` and `--key`; nothing when they are not given.
 *
 * @throws {UsageError} when a file cannot be read or used, or they do not belong together.
 */
export async function readClientCertificate(
  { cert, key }: Pick<ConnectionValues, "cert" | "key">,
  files: PlanFiles,
): Promise<Pick<TlsSpec, "cert" | "key">> {
  if (cert === undefined || key === undefined) return {};
  const { createPrivateKey, X509Certificate } = nodeModule("node:crypto");
  const textOf = async (path: string) => new TextDecoder().decode(await files.readFile(path));
  const certText = await readAs({ flag: "--cert", path: cert }, () => textOf(cert));
  const certificate = await readAs(
    { flag: "--cert", path: cert },
    () => parsePem(certText, (text) => new X509Certificate(text), "it holds no PEM certificate"),
  );
  return await readAs({ flag: "--key", path: key }, async () => {
    const keyText = await textOf(key);
    if (/ENCRYPTED/.test(keyText)) throw new UsageError("it is encrypted: expected a key without passphrase");
    const own = await parsePem(keyText, (text) => createPrivateKey(text), "it holds no PEM private key");
    if (!certificate.checkPrivateKey(own)) {
      throw new UsageError("it does not belong to the certificate in --cert");
    }
    return { cert: certText, key: keyText };
  });
}

/** What a parser makes of a text; whatever the platform says of a bad one becomes `problem`. */
function parsePem<T>(text: string, parse: (text: string) => T, problem: string): Promise<T> {
  return Promise.try(() => {
    try {
      return parse(text);
    } catch {
      throw new UsageError(problem);
    }
  });
}
