/* What the page hands out as files: the results, and the run second by second. */
(() => {
  const { el } = globalThis.report;
  /** Columns of the timeline as programs name them. */
  const COLUMNS = [
    ["requests_per_sec", "rate"],
    ["errors_per_sec", "errors"],
    ["p50_ms", "p50"],
    ["p95_ms", "p95"],
    ["p99_ms", "p99"],
    ["users", "users"],
    ["in_flight", "inFlight"],
    ["iterations_per_sec", "iterations"],
    ["start_delay_p99_ms", "startDelay"],
    ["received_bytes_per_sec", "received"],
    ["sent_bytes_per_sec", "sent"],
  ];

  function download(name, parts, type) {
    const url = URL.createObjectURL(new Blob(parts, { type }));
    el("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  function button(label, onclick) {
    return el("button", { type: "button", class: "more", onclick }, label);
  }

  /** The timeline as CSV (RFC 4180); what was not measured is empty. */
  function timelineCsv({ fromSec, toSec, baseline, ...timeline }) {
    const columns = [
      ["start_sec", fromSec],
      ["end_sec", toSec],
      ...COLUMNS.map(([name, key]) => [name, timeline[key]]),
      ...COLUMNS.map(([name, key]) => [`baseline_${name}`, baseline?.[key]]),
    ].filter(([, values]) => values?.some((value) => value !== null));
    const rows = fromSec.map((_, i) => columns.map(([, values]) => values[i] ?? "").join(","));
    return [columns.map(([name]) => name).join(","), ...rows, ""].join("\r\n");
  }

  function timelineButton(timeline) {
    return button(
      "Download as CSV",
      () => download("bench-timeline.csv", [timelineCsv(timeline())], "text/csv"),
    );
  }

  /** Hands out the JSON result that the page carries. */
  function jsonButton() {
    const carried = document.getElementById("json");
    if (!carried) return "";
    return button("Download the results as JSON", async () => {
      const bytes = Uint8Array.from(atob(carried.textContent), (char) => char.charCodeAt(0));
      const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      download("bench-results.json", [await new Response(text).blob()], "application/json");
    });
  }

  Object.assign(globalThis.report, { download, jsonButton, timelineButton });
})();
