/** The test certificates of `fixtures/certificates`, as PEM texts; `make.sh` there says what each is. */
import { fileURLToPath } from "node:url";

/** A certificate and its key, PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Names of the certificates. All but `self_signed` are signed by {@linkcode ROOT}. */
export type CertificateName = "server" | "expired" | "wrong_name" | "self_signed" | "client";

/** The root certificate, PEM. */
export const ROOT = fixture("ca.pem");

/** Path of the root certificate. */
export const ROOT_PATH = pathOf("ca.pem");

/** A certificate and its key. */
export function certificate(name: CertificateName): CertificateFiles {
  return { cert: fixture(`${name}.pem`), key: fixture(`${name}.key`) };
}

/** Paths of a certificate's file and its key's. */
export function certificatePaths(name: CertificateName): CertificateFiles {
  return { cert: pathOf(`${name}.pem`), key: pathOf(`${name}.key`) };
}

function urlOf(file: string): URL {
  return new URL(`../../fixtures/certificates/${file}`, import.meta.url);
}

function pathOf(file: string): string {
  return fileURLToPath(urlOf(file));
}

function fixture(file: string): string {
  return Deno.readTextFileSync(urlOf(file));
}
