/**
 * What the user is told about a converted recording: what was left out and why, and what needs a second look.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { droppedText, type DropReason } from "./filter.ts";
import type { ScenarioFormat } from "../script_file.ts";
import { quoted, tally } from "../wording.ts";

/** What a conversion came across; counted while it runs. */
export interface Findings {
  readonly format: ScenarioFormat | "url-file";
  readonly preserveHeaders: boolean;
  /** Requests by host. */
  readonly hosts: Map<string, number>;
  /** Requests with a credential, by header name. */
  readonly credentials: Map<string, number>;
  /** Requests with a query parameter or body field that looks like a credential, by its name. */
  readonly credentialFields: Map<string, number>;
  /** Headers that cannot be read or hold control characters, dropped. */
  brokenHeaders: number;
  /** Header values that hold a variable, `${name}`. */
  placeholders: number;
  /** Headers that hold another placeholder, dropped. */
  activePlaceholders: number;
  /** Names of headers that were recorded but are none; a run refuses them. */
  readonly oddNames: Set<string>;
  /** Requests whose query parameters are recorded beside a URL that has none. */
  lackingQueries: number;
  /** Requests of which the recording does not say when they began, while pauses are asked for. */
  untimed: number;
  /** Form files whose content was not recorded. */
  missingFiles: number;
  /** Bodies that a URL list cannot hold. */
  lostBodies: number;
  /** WebSocket connections that became steps. */
  sockets: number;
  /** The scenario is larger than what a run reads. */
  isTooLarge: boolean;
}

/** Totals of a conversion. */
export interface Totals {
  /** The recording's path. */
  readonly label: string;
  /** Entries recorded. */
  readonly total: number;
  /** Entries kept. */
  readonly kept: number;
  readonly dropped: ReadonlyMap<DropReason, number>;
  readonly privateHosts: ReadonlyMap<string, number>;
}

/** The remarks on a conversion, one sentence each; safe to print. */
export function harRemarks(findings: Findings, totals: Totals): string[] {
  const { label, total, kept, dropped, privateHosts } = totals;
  const leftOut = dropped.size === 0 ? "" : `, left out ${droppedText(dropped)}`;
  const remarks = [`Kept ${kept} of ${formatCounted(total, "request")} of ${quoted(label)}${leftOut}`];
  if (privateHosts.size > 0) {
    remarks.push(
      `Warning: a recording of a public site points at private addresses: ${tally(privateHosts)}; ` +
        "--allow-private keeps them",
    );
  }
  if (findings.hosts.size > 1) {
    remarks.push(`Requests go to several hosts: ${tally(findings.hosts)}; --domain keeps one of them`);
  }
  remarks.push(...credentialRemarks(findings));
  if (findings.brokenHeaders > 0) {
    remarks.push(
      `Warning: ${
        formatCounted(findings.brokenHeaders, "header")
      } with control characters, or without a readable name and value, left out`,
    );
  }
  if (findings.oddNames.size > 0) {
    const names = [...findings.oddNames].map(quoted).slice(0, 10).join(", ");
    remarks.push(
      `Warning: these are no header names, and a run refuses them: ${names}; correct the ${
        findings.format === "script" ? "module" : "scenario"
      }`,
    );
  }
  if (findings.placeholders > 0) {
    remarks.push(
      `Warning: ${
        formatCounted(findings.placeholders, "header value")
      } with \${name}, which a scenario takes for a variable: ` +
        "extract it in an earlier step, or correct the value",
    );
  }
  if (findings.activePlaceholders > 0) {
    remarks.push(
      `Warning: ${
        formatCounted(findings.activePlaceholders, "header")
      } left out, as a scenario would run a function in it`,
    );
  }
  if (findings.lackingQueries > 0) {
    remarks.push(
      `Warning: ${
        formatCounted(findings.lackingQueries, "URL")
      } without the query parameters that the recording lists beside: sent as the URL is`,
    );
  }
  if (findings.untimed > 0) {
    remarks.push(
      `Warning: ${
        formatCounted(findings.untimed, "request")
      } without a readable start time: the pause before each is not known and left out`,
    );
  }
  if (findings.missingFiles > 0) {
    remarks.push(
      `Warning: the content of ${
        formatCounted(findings.missingFiles, "uploaded file")
      } was not recorded and is sent empty`,
    );
  }
  if (findings.lostBodies > 0) {
    remarks.push(
      `Warning: ${
        formatCounted(findings.lostBodies, "request body")
      } left out, since a URL list holds none; ` +
        "--format scenario keeps them",
    );
  }
  if (findings.sockets > 0) {
    remarks.push(
      `${
        formatCounted(findings.sockets, "WebSocket connection")
      }: each is a step that sends what was sent, waits for a ` +
        "message where there was one in between, and ends before the next step; check what it is to expect",
    );
  }
  if (findings.isTooLarge) {
    remarks.push(
      "Warning: the scenario is larger than what a run reads: leave requests out with --domain, --exclude or --include",
    );
  }
  return remarks;
}

function credentialRemarks(findings: Findings): string[] {
  const remarks: string[] = [];
  if (findings.credentials.size > 0) {
    const names = tally(findings.credentials);
    const canKeep = findings.format !== "url-file" ? "; --preserve-headers keeps them" : "";
    remarks.push(
      findings.preserveHeaders && findings.format !== "url-file"
        ? `Warning: the ${
          findings.format === "script" ? "module" : "scenario"
        } holds credentials in headers: ${names}; do not share it`
        : `Credentials left out: ${names}${canKeep}`,
    );
  }
  if (findings.credentialFields.size > 0) {
    remarks.push(
      `Warning: URLs or bodies hold fields that look like credentials: ${
        tally(findings.credentialFields)
      }; ` +
        "check them before you share the file",
    );
  }
  return remarks;
}
