/* The history of runs: a chart for each metric with a point a run, and upright lines where it has changed. */
(() => {
  const { el, icon, fill, axis, color, font, numberText, redraw, resize, showCharts, table, timeText } =
    globalThis.report;
  const data = JSON.parse(document.getElementById("data").textContent);
  const place = (id, ...children) => document.getElementById(id).replaceChildren(...children);
  const TEXTS = {
    "ms": timeText,
    "1/s": (value) => `${numberText(value)}/s`,
    "%": (value) => value === null ? "–" : `${numberText(value)}\u202f%`,
  };
  const COLORS = { "Requests per second": "rate", "Error rate": "errors" };
  /** Runs are counted: there is none between two of them. */
  const WHOLE_STEPS = [1, 10, 100, 1000].flatMap((ten) => [ten, 2 * ten, 5 * ten]);
  const x = data.runs.map((_, i) => i + 1);
  const range = [0.5, x.length + 0.5];

  place(
    "heading",
    el("div", { class: "eyebrow" }, el("span", {}, "Load test history"), el("span", {}, `${x.length} runs`)),
    el("h1", {}, data.title),
    el("p", { class: "subtitle" }, `${data.runs[0].started} to ${data.runs.at(-1).started} UTC`),
  );
  const notes = data.changes.length > 0 ? data.changes : [{ tone: "neutral", text: data.none }];
  if (data.isMixed) notes.push({ tone: "warn", text: "The runs are of different targets or scenarios." });
  place(
    "notes",
    ...notes.map(({ tone, text }) =>
      el("p", { class: `note ${tone}` }, icon(tone, true), el("span", {}, text))
    ),
  );
  showCharts(
    "trend",
    data.charts.map(({ label, unit, values, changes }) => ({
      title: label,
      label: `${label} of each run.`,
      group: "runs",
      x,
      fullRange: range,
      height: () => innerWidth < 640 ? 170 : 200,
      scales: () => ({
        x: { range: (_, min, max) => min <= 1 && max >= x.length ? range : [min, max] },
        y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] },
      }),
      axes: () => [
        axis({ values: (_, splits) => splits.map(String), incrs: WHOLE_STEPS, space: 40 }),
        axis({ size: 70, values: (_, splits) => splits.map(TEXTS[unit]), space: 36 }),
      ],
      heading: (i) => `Run ${i + 1} · ${data.runs[i].started} · ${data.runs[i].source}`,
      lines: [{
        label,
        color: COLORS[label] ?? label.slice(0, 3),
        data: values,
        values: TEXTS[unit],
        isSilent: true,
        points: { show: true, size: 6, fill: () => color(COLORS[label] ?? label.slice(0, 3)) },
      }],
      extra: (plot) => drawChanges(plot, changes),
    })),
  );
  fill("runs", ...table(data.table));
  place("foot", el("span", {}, `Made by ${data.generator}`), el("span", {}, "Charts: uPlot, MIT License"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("resize", resize);

  function drawChanges(plot, changes) {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    ctx.save();
    ctx.font = font().replace("12px", `600 ${11 * unit}px`);
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    for (const { at, text, isBetter } of changes) {
      // Between the last run before and the first one after.
      const left = Math.round(plot.valToPos(at + 0.5, "x", true)) + 0.5;
      if (left < bbox.left || left > bbox.left + bbox.width) continue;
      ctx.strokeStyle = ctx.fillStyle = color(isBetter ? "good" : "bad");
      ctx.setLineDash([4 * unit, 3 * unit]);
      ctx.lineWidth = 1.5 * unit;
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      const width = ctx.measureText(text).width;
      const fits = left + 5 * unit + width <= bbox.left + bbox.width;
      ctx.fillText(text, fits ? left + 5 * unit : left - 5 * unit - width, bbox.top);
    }
    ctx.restore();
  }
})();
