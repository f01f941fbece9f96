/* Colours as a canvas takes them, and the axes and scales that charts share. */
(() => {
  const { el, timeText } = globalThis.report;
  const probe = el("span", { hidden: true });

  /** A theme colour as the canvas understands it. */
  function color(name) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  function faded(name, alpha) {
    const numbers = color(name).match(/[\d.]+/g) ?? ["0", "0", "0"];
    return `rgba(${numbers.slice(0, 3).join(",")},${alpha})`;
  }

  const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;

  function axis(options) {
    return {
      font: font(),
      stroke: () => color("ink-3"),
      grid: { stroke: () => color("line-soft"), width: 1 },
      ticks: { show: false },
      gap: 8,
      size: 30,
      ...options,
    };
  }

  /** Wide enough for the longest label. */
  function labelWidth(plot, values) {
    const longest = (values ?? []).reduce(
      (most, text) => String(text).length > most.length ? String(text) : most,
      "",
    );
    plot.ctx.font = font().replace("12px", `${12 * devicePixelRatio}px`);
    return Math.max(44, Math.ceil(plot.ctx.measureText(longest).width / devicePixelRatio) + 14);
  }

  /** A scale for times: from zero, or logarithmic with a little room at both ends. */
  function timeScale(isLogarithmic) {
    return isLogarithmic
      ? { distr: 3, range: (_, min, max) => [Math.max(min, 1e-3) * 0.8, Math.max(max, 2e-3) * 1.25] }
      : { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] };
  }

  function timeAxis(isLogarithmic, options) {
    const values = (_, splits) => splits.map((ms) => ms === null ? "" : timeText(ms));
    return isLogarithmic
      ? axis({
        splits: (_, __, min, max) => logTicks(min, max),
        filter: (_, splits) => splits,
        values,
        ...options,
      })
      : axis({ values, space: 36, ...options });
  }

  /** 1, 2 and 5 of each power of ten; over many powers only the powers. */
  function logTicks(min, max) {
    const digits = max / min > 300 ? [1] : max / min > 3 ? [1, 2, 5] : [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
    const powers = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) powers.push(power);
    return powers.flatMap((power) => digits.map((digit) => Number((digit * 10 ** power).toPrecision(2))))
      .filter((ms) => ms >= min && ms <= max);
  }

  Object.assign(globalThis.report, { axis, color, faded, font, labelWidth, timeAxis, timeScale });
})();
