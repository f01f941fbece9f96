/* Charts over uPlot: legend buttons, a tooltip, zoom by dragging, buttons and keys, colours that follow the theme. */
(() => {
  const { color, el, fill, icon } = globalThis.report;
  /** What baselines look like. */
  const DOTTED = [2, 3];
  const charts = [];
  const placed = new Map();

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

  /** Behind each line with one, its baseline: dotted, in the same colour, shown as long as both are asked for. */
  function withBaselines(spec) {
    const behind = spec.lines.flatMap(({ label, color, values, paths, baseline }, of) =>
      baseline
        ? [{
          ...{ label: `${label}, baseline`, color, values, data: baseline, of, isSilent: true },
          ...{ dash: DOTTED, width: 1.5, points: { show: false }, ...(paths && { paths }) },
        }]
        : []
    );
    return { ...spec, lines: [...spec.lines.map(({ baseline: _, ...line }) => line), ...behind] };
  }

  function isShown({ hiddenLines, hidesBaseline }, line, i) {
    return line.of === undefined ? !hiddenLines.has(i) : !hidesBaseline && !hiddenLines.has(line.of);
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
            const wasHidden = chart.hiddenLines.delete(i);
            if (!wasHidden) chart.hiddenLines.add(i);
            button.setAttribute("aria-pressed", String(wasHidden));
            showLines(chart);
          },
        },
        swatch(line),
        line.label,
      );
      legend.append(button);
    });
    if (spec.lines.some(({ of }) => of !== undefined)) legend.append(baselineButton(chart));

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

  /** Shows what is asked for, and hides the rest. */
  function showLines(chart) {
    chart.spec.lines.forEach((line, i) => {
      const show = isShown(chart, line, i);
      if (chart.plot.series[i + 1].show !== show) chart.plot.setSeries(i + 1, { show });
    });
  }

  function baselineButton(chart) {
    const button = el(
      "button",
      {
        type: "button",
        "aria-pressed": "true",
        onclick: () => {
          chart.hidesBaseline = !chart.hidesBaseline;
          button.setAttribute("aria-pressed", String(!chart.hidesBaseline));
          showLines(chart);
        },
      },
      el("i", { class: "swatch dotted", vars: { "--series": "var(--ink-3)" } }),
      "Baseline",
    );
    return button;
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
  function showCharts(name, given) {
    const specs = given.map(withBaselines);
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
          const { data: _, isSilent: __, of: ___, ...look } = line;
          return { ...lineSeries(look, isSparse), show: isShown(chart, line, i) };
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
      class: line.dash === DOTTED ? "swatch dotted" : line.dash ? "swatch dashed" : "swatch",
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
    DOTTED,
    charts,
    showCharts,
    roomOf,
    zoomButtons,
    resize,
    redraw,
  });
})();
