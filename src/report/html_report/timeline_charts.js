/* The run over time: rate, latency, load; each step, status and error. All share cursor and zoom. */
(() => {
  const {
    el,
    fill,
    axis,
    charts,
    clockText,
    color,
    faded,
    font,
    numberText,
    showCharts,
    slot,
    table,
    timeAxis,
    timeScale,
    timelineButton,
    timeText,
    zoomButtons,
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
  /** 1, 2, 5 … of each unit, which is 1024 of the one before. */
  const BYTE_STEPS = [0, 1, 2, 3, 4].flatMap((power) =>
    [1, 2, 5, 10, 20, 50, 100, 200, 512].map((step) => step * 1024 ** power)
  );
  // One width for all, so that the same second stands below itself.
  const LABELS = 62;
  let hasLogTimes = false;
  let hasLogStepTimes = false;
  let stepTime = "p95";
  /** What was shown last. */
  let shownData;
  let shownTimeline;

  const isNarrow = () => innerWidth < 640;
  const fromZero = { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] };

  /** What charts over the same windows have in common. */
  function overTime({ fromSec, toSec, startedAtMs, changes }) {
    const x = fromSec.map((from, i) => (from + toSec[i]) / 2);
    // Points stand in the middle of their windows; the first and last window are shown whole.
    const whole = (chart) => ({
      range: (_, min, max) => {
        const { x, fullRange } = chart.spec;
        return min <= x[0] && max >= x.at(-1) ? fullRange : [min, max];
      },
    });
    const bottom = axis({
      incrs: (_, __, min, max) => X_STEPS.filter((step) => step >= 1 || max - min < 3),
      values: (_, splits) => splits.map(clockText),
      space: 64,
    });
    return {
      x,
      group: "time",
      fullRange: [0, toSec.at(-1)],
      heading: (i) => {
        const start = new Date(startedAtMs + fromSec[i] * 1000).toISOString().slice(11, 19);
        return `${clockText(fromSec[i])} – ${clockText(toSec[i])} · ${start} UTC`;
      },
      extra: (plot) => drawChanges(plot, changes ?? []),
      amounts: (height) => ({
        height,
        scales: (chart) => ({ x: whole(chart), y: fromZero }),
        axes:
          () => [bottom, axis({ size: LABELS, values: (_, splits) => splits.map(numberText), space: 36 })],
      }),
      counts: (height) => ({
        height,
        scales: (chart) => ({ x: whole(chart), y: fromZero }),
        axes: () => [
          bottom,
          axis({ size: LABELS, values: (_, splits) => splits.map(wholeOrNothing), space: 26 }),
        ],
      }),
      times: (height, isLogarithmic) => ({
        height,
        scales: (chart) => ({ x: whole(chart), y: timeScale(isLogarithmic()) }),
        axes: () => [bottom, timeAxis(isLogarithmic(), { size: LABELS })],
      }),
    };
  }

  function timelineCharts(data) {
    const { timeline, usersLabel, startedAtMs, changes } = data;
    if (!timeline) return;
    const { fromSec, toSec, hasBounds, windowsPerPoint, baseline } = timeline;
    const { amounts, counts, times, ...common } = overTime({ fromSec, toSec, startedAtMs, changes });
    /** A column of the timeline, and the baseline's. */
    const column = (label, color, name, values, more = {}) =>
      line(label, color, timeline[name], values, {
        ...more,
        ...(hasAny(baseline?.[name]) && { baseline: baseline[name] }),
      });
    const specs = [
      {
        ...common,
        ...amounts(() => isNarrow() ? 190 : 230),
        title: "Requests and errors per second",
        label: "Requests and errors per second over time.",
        lines: [
          column("Requests", "rate", "rate", perSecond, { fill: () => faded("rate", 0.09) }),
          column("Errors", "errors", "errors", perSecond, { fill: () => faded("errors", 0.18) }),
        ],
      },
      {
        ...common,
        ...times(() => isNarrow() ? 210 : 260, () => hasLogTimes),
        title: windowsPerPoint > 1 ? "Latency, worst window of each point" : "Latency",
        label: "Latency percentiles p50, p95 and p99 over time.",
        lines: [
          column("p99", "p99", "p99", timeText),
          column("p95", "p95", "p95", timeText),
          column("p50", "p50", "p50", timeText),
        ],
        toggle: { label: "Log scale", isOn: () => hasLogTimes, flip: () => hasLogTimes = !hasLogTimes },
      },
      {
        ...common,
        ...counts(() => isNarrow() ? 130 : 150),
        title: usersLabel,
        label: `${usersLabel} over time.`,
        lines: [
          column(usersLabel, "users", "users", numberText, {
            fill: () => faded("users", 0.1),
            paths: globalThis.uPlot.paths.stepped({ align: 1 }),
            isSilent: !hasValues(timeline.inFlight),
          }),
          ...(hasValues(timeline.inFlight)
            ? [column("In flight at most", "p50", "inFlight", numberText)]
            : []),
        ],
      },
    ];
    if (timeline.startDelay) {
      specs.push({
        ...common,
        ...times(() => isNarrow() ? 130 : 150, () => false),
        title: "Start delay, p99",
        label: "How late requests were sent, p99, over time.",
        lines: [column("Start delay", "p95", "startDelay", timeText, { isSilent: true })],
      });
    }
    if (timeline.iterations) {
      specs.push({
        ...common,
        ...amounts(() => isNarrow() ? 130 : 150),
        title: "Iterations per second",
        label: "Iterations per second over time.",
        lines: [column("Iterations", "good", "iterations", perSecond, { isSilent: true })],
      });
    }
    if (hasValues(timeline.sent)) {
      specs.push({
        ...common,
        ...amounts(() => isNarrow() ? 130 : 150),
        axes: () => {
          const [bottom] = amounts().axes();
          return [
            bottom,
            axis({
              size: LABELS,
              values: (_, splits) => splits.map(bytesText),
              incrs: BYTE_STEPS,
              space: 36,
            }),
          ];
        },
        title: "Bytes per second",
        label: "Bytes sent and response bodies received per second over time.",
        lines: [
          column("Received", "rate", "received", bytesText),
          column("Sent", "users", "sent", bytesText),
        ],
      });
    }
    showCharts("timeline", specs);
    shownTimeline = timeline;
    if (slot("timeline-csv").childElementCount === 0) {
      fill("timeline-csv", timelineButton(() => shownTimeline));
    }
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
      data.baseline ? `${data.baseline} ` : "",
      el("span", { class: "hint-line" }, "Drag across a chart to zoom, double-click to see everything."),
    );
    if (document.querySelector('[data-slot="timeline-zoom"]').childElementCount > 0) return;
    // One chart is enough: the others follow.
    fill("timeline-zoom", zoomButtons(() => charts.filter(({ spec }) => spec.group === "time").slice(0, 1)));
  }

  function seriesCharts(data) {
    const { series, errorPeriods, startedAtMs, changes } = data;
    shownData = data;
    if (errorPeriods) fill("error-periods", el("h3", {}, "When errors were seen"), ...table(errorPeriods));
    if (!series) return;
    const { fromSec, toSec, groups, statuses, errors, remark } = series;
    const { amounts, times, counts: _, ...common } = overTime({ fromSec, toSec, startedAtMs, changes });
    const beside = (baseline) => hasAny(baseline) ? { baseline } : {};
    /** Of the only flow there is: the charts of the whole run say the rest. */
    const durationChart = (part) => [{
      ...common,
      ...times(() => isNarrow() ? 160 : 190, () => false),
      title: "Iteration duration",
      label: "How long iterations took, p50, p95 and p99 over time.",
      lines: ["p99", "p95", "p50"].map((name) =>
        line(name, name, part[name], timeText, beside(part.baseline?.[name]))
      ),
    }];
    const specs = groups.flatMap(({ title, counted, parts }) => {
      const lines = (name, values) =>
        parts.map((part, i) =>
          line(part.name, `c${i}`, part[name], values, {
            ...(i % 2 === 1 && { dash: [7, 3] }),
            ...beside(part.baseline?.[name]),
          })
        );
      if (title === "Iterations" && parts.length === 1) {
        return hasAny(parts[0].p50) ? durationChart(parts[0]) : [];
      }
      const ofEach = title.toLowerCase().replace("urls", "URLs");
      return [
        {
          ...common,
          ...amounts(() => isNarrow() ? 200 : 240),
          title: `${title}: ${counted} per second`,
          label: `${counted} per second over time, a line for each of the ${ofEach}.`,
          lines: lines("rate", perSecond),
        },
        {
          ...common,
          ...amounts(() => isNarrow() ? 160 : 190),
          title: `${title}: errors per second`,
          label: `Errors per second over time, a line for each of the ${ofEach}.`,
          lines: lines("errors", perSecond),
        },
        {
          ...common,
          ...times(() => isNarrow() ? 200 : 240, () => hasLogStepTimes),
          title: `${title}: ${counted === "requests" ? "latency" : "duration"}`,
          label: `A percentile over time, a line for each of the ${ofEach}.`,
          lines: lines(stepTime, timeText),
          choice: {
            label: "Percentile",
            names: ["p50", "p95", "p99"],
            chosen: () => stepTime,
            choose: (name) => {
              stepTime = name;
              seriesCharts(shownData);
            },
          },
          toggle: {
            label: "Log scale",
            isOn: () => hasLogStepTimes,
            flip: () => hasLogStepTimes = !hasLogStepTimes,
          },
        },
      ];
    });
    if (statuses.length > 0) {
      specs.push({
        ...common,
        ...amounts(() => isNarrow() ? 160 : 190),
        title: "Responses by status, per second",
        label: "Responses per second over time, a line for each status.",
        lines: statuses.map(({ name, kind, rate, baseline }, i) => {
          const again = statuses.slice(0, i).filter((other) => other.kind === kind).length;
          return line(name, kind, rate, perSecond, {
            ...(again > 0 && { dash: [2 + 4 * again, 3] }),
            ...beside(baseline),
          });
        }),
      });
    }
    if (errors.length > 0) {
      specs.push({
        ...common,
        ...amounts(() => isNarrow() ? 160 : 190),
        title: "Errors by kind, per second",
        label: "Errors per second over time, a line for each kind.",
        lines: errors.map(({ name, rate, baseline }, i) =>
          line(name, `c${(i + 1) % 8}`, rate, perSecond, {
            ...(i % 2 === 1 && { dash: [7, 3] }),
            ...beside(baseline),
          })
        ),
      });
    }
    if (specs.length > 0) showCharts("series", specs);
    const remarks = [...groups.map((group) => group.remark), remark].filter((text) => text !== undefined);
    if (specs.length > 0) fill("series-lead", remarks.join(" "));
  }

  /** Upright lines where the load was changed, or a moment was marked; their text on top where there is room. */
  function drawChanges(plot, changes) {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    const { min, max } = plot.scales.x;
    ctx.save();
    ctx.font = font().replace("12px", `600 ${11 * unit}px`);
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    let free = bbox.left;
    for (const { atSec, text } of changes) {
      if (atSec < min || atSec > max) continue;
      const left = Math.round(plot.valToPos(atSec, "x", true)) + 0.5;
      ctx.setLineDash([4 * unit, 3 * unit]);
      ctx.lineWidth = 1.25 * unit;
      ctx.strokeStyle = color("accent");
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      const shown = text.length > 32 ? `${text.slice(0, 31)}…` : text;
      const width = ctx.measureText(shown).width;
      const fits = left + 4 * unit + width <= bbox.left + bbox.width;
      const start = fits ? left + 4 * unit : left - 4 * unit - width;
      if (start < free) continue;
      free = start + width + 6 * unit;
      ctx.fillStyle = color("accent");
      ctx.fillText(shown, start, bbox.top);
    }
    ctx.restore();
  }

  function line(label, color, data, values, more = {}) {
    return { label, color, data, values, ...more };
  }

  function hasAny(column) {
    return column?.some((value) => value !== null) ?? false;
  }

  function hasValues(column) {
    return column?.some((value) => value > 0) ?? false;
  }

  function perSecond(value) {
    return `${numberText(value)}/s`;
  }

  function bytesText(value) {
    if (value === null || value === undefined) return "–";
    const units = ["B", "KB", "MB", "GB", "TB"];
    const power = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), units.length - 1);
    return `${numberText(value / 1024 ** power)}\u202f${units[power]}/s`;
  }

  function wholeOrNothing(value) {
    return value === null || value % 1 !== 0 ? "" : numberText(value);
  }

  Object.assign(globalThis.report, { timelineCharts, seriesCharts });
})();
