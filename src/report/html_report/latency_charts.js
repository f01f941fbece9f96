/* The percentile curve on a logarithmic axis, on which each further nine takes the same room, and the histogram. */
(() => {
  const {
    DOTTED,
    axis,
    color,
    faded,
    font,
    labelWidth,
    numberText,
    roomOf,
    showCharts,
    timeAxis,
    timeScale,
    timeText,
  } = globalThis.report;
  const LOOKS = {
    latency: { color: "rate" },
    at_least: { color: "errors", dash: [5, 4] },
    service: { color: "users" },
    failed: { color: "p95" },
    baseline: { color: "ink-3", dash: DOTTED },
  };

  /** Whether axes are logarithmic; until someone chooses, the latencies decide. */
  let hasLogTimes;
  let hasLogCounts = false;

  function curveChart({ curve, marks }) {
    if (!curve) return;
    const last = curve.x.at(-1);
    const values = curve.lines.flatMap((line) => line.values.filter((value) => value > 0));
    // A tail far above the rest would press the rest flat.
    hasLogTimes ??= Math.max(...values) > 50 * Math.min(...values);
    showCharts("curve", [{
      title: "Latency by percentile",
      label: "Latency by percentile on a logarithmic axis.",
      hasZoomButtons: true,
      x: curve.x,
      fullRange: [1, last],
      height: () => innerWidth < 640 ? 250 : 330,
      scales: () => ({
        x: { distr: 3, range: (_, min, max) => [min, max] },
        y: timeScale(hasLogTimes),
      }),
      axes: () => [
        axis({
          splits: (plot) => ticks(plot, last),
          filter: (_, splits) => splits,
          values: (_, splits) => splits.map((at) => tickText(at, last)),
        }),
        timeAxis(hasLogTimes, { size: labelWidth }),
      ],
      heading: (i) => i === curve.x.length - 1 ? "Slowest" : `${percentText(curve.x[i])} of requests within`,
      lines: curve.lines.map(({ key, label, values }) => ({
        label,
        data: values,
        values: (ms) => key === "at_least" ? `≥ ${timeText(ms)}` : timeText(ms),
        ...LOOKS[key],
        width: key === "baseline" ? 1.5 : 2.25,
        ...(key === "latency" && { fill: () => faded("rate", 0.07) }),
        points: { show: false },
      })),
      toggle: { label: "Log scale", isOn: () => hasLogTimes, flip: () => hasLogTimes = !hasLogTimes },
      extra: (plot) => drawMarks(plot, marks),
    }]);
  }

  /** Percentiles that fit beside each other, the ones people name first. */
  function ticks(plot, last) {
    const tens = [];
    for (let ten = 1000; ten < last; ten *= 10) tens.push(ten);
    const named = [100, 2, 10, last, ...tens, 20, 1, 4];
    const between = [10, 100, ...tens].flatMap((ten) => [ten * 2, ten * 5]);
    const { min, max } = plot.scales.x;
    const room = roomOf(plot) / Math.log(max / min);
    const halfWidth = (at) => tickText(at, last).length * 3.6 + 7;
    const taken = [];
    for (const at of [...named, ...between, 5]) {
      const fits = (other) => Math.abs(Math.log(at / other)) * room >= halfWidth(at) + halfWidth(other);
      if (at >= min && at <= max && taken.every(fits)) taken.push(at);
    }
    return taken.sort((a, b) => a - b);
  }

  function tickText(at, last) {
    return at === last ? "max" : percentText(at);
  }

  /** The percentile of a position 1/(1 − p), with as many decimals as tell it from its neighbours. */
  function percentText(at) {
    const decimals = Math.max(0, Math.ceil(Math.log10(at) - 1e-9) - 1);
    return `${Number((100 * (1 - 1 / at)).toFixed(decimals))}%`;
  }

  /** Dots on the curve with their values: below on the right, where a rising curve leaves room, else above on the left. */
  function drawMarks(plot, marks) {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    const { min, max } = plot.scales.x;
    const taken = [];
    if (!plot.series[1].show) return;
    ctx.save();
    ctx.font = canvasFont();
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    // A dotted line may have been drawn last.
    ctx.setLineDash([]);
    for (const { label, at, ms, isAtLeast } of marks) {
      if (at < min || at > max || ms > plot.scales.y.max) continue;
      const [left, top] = [plot.valToPos(at, "x", true), plot.valToPos(ms, "y", true)];
      ctx.beginPath();
      ctx.arc(left, top, 4 * unit, 0, 7);
      ctx.fillStyle = color("surface");
      ctx.fill();
      ctx.lineWidth = 2 * unit;
      ctx.strokeStyle = color("rate");
      ctx.stroke();
      const text = `${label}  ${isAtLeast ? "≥ " : ""}${timeText(ms)}`;
      const width = ctx.measureText(text).width;
      const below = { from: left + 8 * unit, to: left + 8 * unit + width, y: top + 13 * unit };
      const above = { from: left - 8 * unit - width, to: left - 8 * unit, y: top - 13 * unit };
      const isFree = ({ from, to, y }) =>
        from > bbox.left && to < bbox.left + bbox.width && y + 8 * unit < bbox.top + bbox.height &&
        taken.every((other) => to < other.from || from > other.to || Math.abs(y - other.y) > 15 * unit);
      const box = [below, above].find(isFree);
      if (!box) continue;
      taken.push(box);
      ctx.fillStyle = color("ink");
      ctx.fillText(text, box.from, box.y);
    }
    ctx.restore();
  }

  function histogramChart({ histogram, marks }) {
    if (!histogram) return;
    const { edgesMs, bars, isLogarithmic: hasLogBins } = histogram;
    const count = edgesMs.length - 1;
    const [low, high] = [edgesMs[0], edgesMs[count]];
    const position = (ms) =>
      low === high
        ? 0.5
        : hasLogBins
        ? count * Math.log(ms / low) / Math.log(high / low)
        : count * (ms - low) / (high - low);
    const valueAt = (at) =>
      low === high ? low : hasLogBins ? low * (high / low) ** (at / count) : low + (high - low) * at / count;
    showCharts("histogram", [{
      title: "Distribution",
      label: "Histogram of latencies.",
      isBars: true,
      hasZoomButtons: true,
      x: edgesMs.slice(1).map((_, i) => i + 0.5),
      fullRange: [0, count],
      height: () => innerWidth < 640 ? 230 : 366,
      scales: () => ({
        // Bars reach half a step beyond the first and last position.
        x: { range: (_, min, max) => min <= 0.5 && max >= count - 0.5 ? [0, count] : [min, max] },
        y: hasLogCounts
          ? { distr: 3, range: (_, __, max) => [0.7, Math.max(max, 1) * 2] }
          : { range: (_, __, max) => [0, Math.max(max, 1) * 1.12] },
      }),
      axes: [
        axis({
          splits: (plot) => niceTimes(plot, { position, valueAt, hasLogBins }).map(position),
          values: (_, splits) => splits.map((at) => timeText(Number(valueAt(at).toPrecision(4)))),
          grid: { show: false },
        }),
        axis({ size: labelWidth, values: (_, splits) => splits.map(wholeOrNothing), space: 40 }),
      ],
      heading: (i) =>
        low === high ? `All ${timeText(low)}` : `${timeText(edgesMs[i])} – ${timeText(edgesMs[i + 1])}`,
      lines: bars.map(({ key, label, values }) => ({
        label,
        data: values.map((value) => value === 0 ? null : value),
        values: numberText,
        ...LOOKS[key],
        points: { show: false },
        ...(key === "baseline" ? { width: 1.5, spanGaps: true } : {
          dash: undefined,
          width: 0,
          fill: () => faded(LOOKS[key].color, key === "latency" ? 0.82 : 0.92),
          paths: globalThis.uPlot.paths.bars({ size: [1, 60], gap: 1 }),
        }),
      })),
      toggle: { label: "Log counts", isOn: () => hasLogCounts, flip: () => hasLogCounts = !hasLogCounts },
      extra: (plot) => drawLines(plot, marks, position),
    }]);
  }

  /** Round times of the visible stretch, as many as fit. */
  function niceTimes(plot, { position, valueAt, hasLogBins }) {
    const { min, max } = plot.scales.x;
    const [low, high] = [valueAt(Math.max(min, 0)), valueAt(max)];
    if (!(high > low)) return [low];
    const room = roomOf(plot) / (max - min);
    const decades = Math.log10(high / low);
    const steps = hasLogBins && decades > 0.9 ? logSteps(low, high) : evenSteps(low, high, roomOf(plot) / 76);
    const taken = [];
    for (const ms of steps) {
      if (ms < low || ms > high) continue;
      if (taken.every((other) => Math.abs(position(ms) - position(other)) * room >= 58)) taken.push(ms);
    }
    return taken.sort((a, b) => a - b);
  }

  function logSteps(low, high) {
    const first = Math.floor(Math.log10(low));
    const tens = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => 10 ** (first + i));
    return [1, 2, 5, 3, 7].flatMap((digit) => tens.map((ten) => Number((ten * digit).toPrecision(2))));
  }

  function evenSteps(low, high, most) {
    const rough = (high - low) / Math.max(most, 2);
    const ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((digit) => digit * ten).find((size) => size >= rough);
    const first = Math.ceil(low / step);
    const length = Math.min(Math.floor(high / step) - first + 1, 100);
    return Array.from({ length: Math.max(length, 0) }, (_, i) => (first + i) * step);
  }

  /** Upright lines at the percentiles, their names on top. */
  function drawLines(plot, marks, position) {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    ctx.save();
    ctx.font = canvasFont();
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    let free = bbox.left;
    for (const { label, ms } of marks) {
      const at = position(ms);
      if (!(at >= plot.scales.x.min && at <= plot.scales.x.max)) continue;
      const left = Math.round(plot.valToPos(at, "x", true)) + 0.5;
      ctx.setLineDash([3 * unit, 3 * unit]);
      ctx.lineWidth = unit;
      ctx.strokeStyle = color("ink-3");
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      const width = ctx.measureText(label).width;
      const start = left + 4 * unit + width > bbox.left + bbox.width
        ? left - 4 * unit - width
        : left + 4 * unit;
      if (start < free) continue;
      free = start + width + 6 * unit;
      ctx.fillStyle = color("ink-2");
      ctx.fillText(label, start, bbox.top);
    }
    ctx.restore();
  }

  function canvasFont() {
    return font().replace("12px", `600 ${12 * devicePixelRatio}px`);
  }

  function wholeOrNothing(value) {
    return value === null || value % 1 !== 0 ? "" : numberText(value);
  }

  Object.assign(globalThis.report, { curveChart, histogramChart });
})();
