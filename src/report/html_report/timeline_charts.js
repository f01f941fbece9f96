/* Rate, latency and users over time: three charts that share cursor and zoom. */
(() => {
  const {
    el,
    fill,
    addChart,
    axis,
    faded,
    zoomButtons,
    charts,
    clockText,
    numberText,
    timeAxis,
    timeScale,
    timeText,
  } = globalThis.report;
  const X_STEPS = [
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
    43200,
  ];
  // One width for all three, so that the same second stands below itself.
  const LABELS = 62;

  function timelineCharts({ timeline, usersLabel, startedAtMs }) {
    if (!timeline) return;
    const { fromSec, toSec, hasBounds, windowsPerPoint } = timeline;
    const end = toSec.at(-1);
    const x = fromSec.map((from, i) => (from + toSec[i]) / 2);
    let isLogarithmic = false;
    const isNarrow = () => innerWidth < 640;
    const heading = (i) => {
      const start = new Date(startedAtMs + fromSec[i] * 1000).toISOString().slice(11, 19);
      return `${clockText(fromSec[i])} – ${clockText(toSec[i])} · ${start} UTC`;
    };
    const fromZero = { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] };
    // Points stand in the middle of their windows; the first and last window are shown whole.
    const whole = { range: (_, min, max) => min <= x[0] && max >= x.at(-1) ? [0, end] : [min, max] };
    const common = {
      x,
      heading,
      group: "time",
      fullRange: [0, end],
      axes: [
        axis({
          incrs: (_, __, min, max) => X_STEPS.filter((step) => step >= 1 || max - min < 3),
          values: (_, splits) => splits.map(clockText),
          space: 64,
        }),
        axis({ size: LABELS, values: (_, splits) => splits.map(numberText), space: 36 }),
      ],
    };
    const place = el("div");
    fill("timeline", place);
    addChart(place, {
      ...common,
      title: "Requests and errors per second",
      label: "Requests and errors per second over time.",
      height: () => isNarrow() ? 190 : 230,
      scales: { x: whole, y: fromZero },
      lines: [
        line("Requests", "rate", timeline.rate, perSecond, { fill: () => faded("rate", 0.09) }),
        line("Errors", "errors", timeline.errors, perSecond, { fill: () => faded("errors", 0.18) }),
      ],
    });
    addChart(place, {
      ...common,
      title: windowsPerPoint > 1 ? "Latency, worst window of each point" : "Latency",
      label: "Latency percentiles p50, p95 and p99 over time.",
      height: () => isNarrow() ? 210 : 260,
      scales: () => ({ x: whole, y: timeScale(isLogarithmic) }),
      axes: () => [common.axes[0], timeAxis(isLogarithmic, { size: LABELS })],
      lines: [
        line("p99", "p99", timeline.p99, timeText),
        line("p95", "p95", timeline.p95, timeText),
        line("p50", "p50", timeline.p50, timeText),
      ],
      toggle: {
        label: "Log scale",
        isOn: () => isLogarithmic,
        flip: () => isLogarithmic = !isLogarithmic,
      },
    });
    addChart(place, {
      ...common,
      title: usersLabel,
      label: `${usersLabel} over time.`,
      height: () => isNarrow() ? 130 : 150,
      scales: { x: whole, y: fromZero },
      axes: [
        common.axes[0],
        axis({ size: LABELS, values: (_, splits) => splits.map(wholeOrNothing), space: 26 }),
      ],
      lines: [
        line(usersLabel, "users", timeline.users, numberText, {
          fill: () => faded("users", 0.1),
          paths: globalThis.uPlot.paths.stepped({ align: 1 }),
          isSilent: true,
        }),
      ],
    });
    const width = toSec[0] - fromSec[0];
    fill(
      "timeline-lead",
      windowsPerPoint > 1
        ? `${windowsPerPoint} windows a point (about ${
          numberText(width)
        } s): counts are summed, users and percentiles are ` +
          "the largest of them. "
        : "",
      hasBounds ? "Latency lines have gaps where only a lower bound of a percentile is known. " : "",
      el("span", { class: "hint-line" }, "Drag across a chart to zoom, double-click to see everything."),
    );
    // One chart is enough: the others follow.
    fill("timeline-zoom", zoomButtons(() => charts.filter(({ spec }) => spec.group === "time").slice(0, 1)));
  }

  function line(label, color, data, values, more = {}) {
    return { label, color, data, values, ...more };
  }

  function perSecond(value) {
    return `${numberText(value)}/s`;
  }

  function wholeOrNothing(value) {
    return value === null || value % 1 !== 0 ? "" : numberText(value);
  }

  globalThis.report.timelineCharts = timelineCharts;
})();
