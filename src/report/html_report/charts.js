/* Charts over uPlot: legend buttons, a tooltip, zoom by dragging, buttons and keys, colours that follow the theme. */
(() => {
  const { el, fill, icon, timeText } = globalThis.report;
  const charts = [];
  const placed = new Map();
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

  function lineSeries({ label, color: name, values, ...rest }, isSparse) {
    return {
      label,
      stroke: () => color(name),
      width: 1.75,
      points: { show: isSparse, size: 5, fill: () => color(name) },
      value: (_, value) => values(value),
      ...rest,
    };
  }

  /**
   * A chart in `place`.
   * spec: { title, label, x, lines: [{ label, color, data, values, … }], scales, axes, height, heading(index), group,
   *         fullRange: [min, max], toggle: { label, isOn, apply } , extra(plot) }
   */
  function addChart(place, spec) {
    const holder = el("div", {
      class: "plot",
      tabindex: "0",
      role: "group",
      "aria-label": `${spec.label} Arrow keys read values, plus and minus zoom, Escape shows everything.`,
    });
    const tip = el("div", { class: "tip", hidden: true });
    const legend = el("div", { class: "legend" });
    const chart = { spec, holder, plot: undefined, hiddenLines: new Set(spec.hidden ?? []) };
    const tools = el("div", { class: "chart-tools" }, legend);
    if (spec.choice) tools.append(choiceButtons(spec.choice));
    if (spec.toggle) tools.append(toggleButton(chart));
    if (spec.hasZoomButtons) tools.append(zoomButtons(() => [chart]));
    const head = el("div", { class: "chart-head" }, el("h3", {}, spec.title), tools);
    place.append(el("div", { class: "chart" }, head, holder));

    spec.lines.forEach((line, i) => {
      if (line.isSilent) return;
      const button = el(
        "button",
        {
          type: "button",
          "aria-pressed": String(!chart.hiddenLines.has(i)),
          onclick: () => {
            const isShown = chart.hiddenLines.delete(i);
            if (!isShown) chart.hiddenLines.add(i);
            button.setAttribute("aria-pressed", String(isShown));
            chart.plot.setSeries(i + 1, { show: isShown });
          },
        },
        swatch(line),
        line.label,
      );
      legend.append(button);
    });

    chart.build = (range = isZoomed(chart) && currentRange(chart)) => {
      chart.plot?.destroy();
      chart.plot = new globalThis.uPlot(options(chart, tip), columnsOf(chart.spec), holder);
      chart.plot.over.append(tip);
      if (range) chart.plot.setScale("x", range);
    };
    chart.build();
    charts.push(chart);
    listen(chart);
    return chart;
  }

  function columnsOf({ x, lines }) {
    return [x, ...lines.map((line) => line.data)];
  }

  function isZoomed(chart) {
    if (!chart.plot) return false;
    const { min, max } = chart.plot.scales.x;
    const [first, last] = chart.spec.fullRange;
    return min > first || max < last;
  }

  /** New values for a chart with the same lines. Whoever has zoomed in keeps looking at the same stretch. */
  function update(chart, spec) {
    const before = JSON.stringify(columnsOf(chart.spec));
    const wasZoomed = isZoomed(chart);
    const range = wasZoomed && currentRange(chart);
    chart.spec = spec;
    if (before === JSON.stringify(columnsOf(spec))) return chart.plot.redraw(false, true);
    if (!spec.group) return chart.build(range);
    chart.plot.setData(columnsOf(spec), !wasZoomed);
    if (wasZoomed) chart.plot.redraw();
  }

  /** The charts of a place: those that are there get new values if they have the same lines, else all are made anew. */
  function showCharts(name, specs) {
    const known = placed.get(name);
    const signature = JSON.stringify(
      specs.map(({ title, lines }) => [title, lines.map(({ label }) => label)]),
    );
    if (known?.signature === signature) return known.charts.forEach((chart, i) => update(chart, specs[i]));
    for (const chart of known?.charts ?? []) {
      chart.plot.destroy();
      charts.splice(charts.indexOf(chart), 1);
    }
    const place = el("div");
    fill(name, place);
    placed.set(name, { signature, charts: specs.map((spec) => addChart(place, spec)) });
  }

  function options(chart, tip) {
    const { spec, holder } = chart;
    const isSparse = spec.x.length < 60 && !spec.isBars;
    const scales = typeof spec.scales === "function" ? spec.scales(chart) : spec.scales;
    return {
      width: Math.max(holder.clientWidth, 200),
      height: spec.height(),
      scales: { ...scales, x: { time: false, ...scales.x } },
      axes: typeof spec.axes === "function" ? spec.axes() : spec.axes,
      legend: { show: false },
      padding: [10, 24, 0, 0],
      cursor: {
        drag: { x: true, y: false, dist: 6 },
        points: { size: 7, width: 2, fill: () => color("surface") },
        y: false,
        ...(spec.group && { sync: { key: spec.group, scales: ["x", null] } }),
      },
      series: [
        {},
        ...spec.lines.map((line, i) => {
          const { data: _, isSilent: __, ...look } = line;
          return { ...lineSeries(look, isSparse), show: !chart.hiddenLines.has(i) };
        }),
      ],
      hooks: {
        setCursor: [(plot) => showTip(plot, chart, tip)],
        setScale: [(plot, key) => key === "x" && follow(plot, chart)],
        draw: [(plot) => chart.spec.extra?.(plot)],
      },
    };
  }

  function swatch(line) {
    return el("i", {
      class: line.dash ? "swatch dashed" : "swatch",
      vars: { "--series": `var(--${line.color})` },
    });
  }

  function showTip(plot, { spec }, tip) {
    const { idx, left } = plot.cursor;
    const isOver = idx !== null && idx !== undefined && left >= 0;
    const shown = spec.lines.filter((line, i) =>
      isOver && plot.series[i + 1].show && line.data[idx] !== null && line.data[idx] !== undefined
    );
    tip.hidden = shown.length === 0;
    if (tip.hidden) return;
    tip.replaceChildren(
      el("div", { class: "tip-title" }, spec.heading(idx)),
      ...shown.map((line) =>
        el("div", {}, swatch(line), line.label, el("b", {}, line.values(line.data[idx])))
      ),
    );
    const room = plot.over.clientWidth;
    const width = tip.offsetWidth;
    const beside = left + 16 + width > room ? left - 16 - width : left + 16;
    tip.style.transform = `translateX(${Math.max(0, Math.min(beside, room - width))}px)`;
  }

  /** Other charts of the group show the same stretch. */
  function follow(plot, chart) {
    const { group } = chart.spec;
    chart.onZoom?.();
    if (!group) return;
    const { min, max } = plot.scales.x;
    for (const other of charts) {
      if (other === chart || other.spec.group !== group || !other.plot) continue;
      const shown = other.plot.scales.x;
      if (shown.min !== min || shown.max !== max) other.plot.setScale("x", { min, max });
    }
  }

  function currentRange({ plot }) {
    const { min, max } = plot.scales.x;
    return { min, max };
  }

  /** factor < 1 zooms in, > 1 out; undefined shows everything. */
  function zoom(chart, factor) {
    const [first, last] = chart.spec.fullRange;
    if (factor === undefined) return chart.plot.setScale("x", { min: first, max: last });
    const isLog = chart.plot.scales.x.distr === 3;
    const [there, back] = isLog ? [Math.log, Math.exp] : [Number, Number];
    const range = currentRange(chart);
    const [low, high] = [there(range.min), there(range.max)];
    const middle = chart.plot.cursor.left >= 0
      ? there(chart.plot.posToVal(chart.plot.cursor.left, "x"))
      : (low + high) / 2;
    const min = Math.max(first, back(middle - (middle - low) * factor));
    const max = Math.min(last, back(middle + (high - middle) * factor));
    if (max > min) chart.plot.setScale("x", { min, max });
  }

  function zoomButtons(ofWhich) {
    const button = (name, label, factor) =>
      el("button", {
        type: "button",
        class: "icon-button",
        "aria-label": label,
        title: label,
        onclick: () => ofWhich().forEach((chart) => zoom(chart, factor)),
      }, icon(name));
    return el(
      "div",
      { class: "zoom" },
      button("closer", "Zoom in", 0.5),
      button("wider", "Zoom out", 2),
      button("whole", "Show everything"),
    );
  }

  function toggleButton(chart) {
    const { toggle } = chart.spec;
    const button = el("button", {
      type: "button",
      class: "toggle",
      "aria-pressed": String(toggle.isOn()),
      onclick: () => {
        toggle.flip();
        button.setAttribute("aria-pressed", String(toggle.isOn()));
        chart.build();
      },
    }, toggle.label);
    return button;
  }

  /** Of a few, one is chosen. */
  function choiceButtons({ label, names, chosen, choose }) {
    const buttons = names.map((name) =>
      el("button", {
        type: "button",
        class: "toggle",
        "aria-pressed": String(name === chosen()),
        onclick: () => {
          choose(name);
          buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(names[i] === chosen())));
        },
      }, name)
    );
    return el("div", { class: "choice", role: "group", "aria-label": label }, ...buttons);
  }

  function listen(chart) {
    const { holder } = chart;
    holder.addEventListener("keydown", (event) => {
      const { plot } = chart;
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) {
        const last = chart.spec.x.length - 1;
        const idx = Math.min(Math.max((plot.cursor.idx ?? (step > 0 ? -1 : last + 1)) + step, 0), last);
        plot.setCursor({ left: plot.valToPos(chart.spec.x[idx], "x"), top: plot.over.clientHeight / 2 });
      } else if (event.key === "+") zoom(chart, 0.5);
      else if (event.key === "-") zoom(chart, 2);
      else if (event.key === "Escape") zoom(chart);
      else return;
      event.preventDefault();
    });
    // A finger that moves sideways reads values; up and down it scrolls the page.
    holder.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") return;
      const { left, top } = chart.plot.over.getBoundingClientRect();
      chart.plot.setCursor({ left: event.clientX - left, top: event.clientY - top });
    });
  }

  /** Room for the curves in CSS pixels; known before the first drawing, unlike the elements' size. */
  function roomOf(plot) {
    return plot.bbox.width > 0 ? plot.bbox.width / devicePixelRatio : plot.width - 70;
  }

  function resize() {
    for (const { plot, holder, spec } of charts) {
      const width = Math.max(holder.clientWidth, 200);
      if (width !== plot.width || spec.height() !== plot.height) {
        plot.setSize({ width, height: spec.height() });
      }
    }
  }

  function redraw() {
    for (const { plot } of charts) plot.redraw(false, true);
  }

  Object.assign(globalThis.report, {
    charts,
    showCharts,
    axis,
    timeAxis,
    timeScale,
    labelWidth,
    roomOf,
    color,
    faded,
    font,
    zoomButtons,
    resize,
    redraw,
  });
})();
