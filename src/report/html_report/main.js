/* Lays the data out: heading, verdict, tiles, sections, navigation, theme, printing. */
(() => {
  const { el, svg, icon, fill, slot, table, bars, stack, charts, jsonButton, resize, redraw } =
    globalThis.report;
  const root = document.documentElement;
  const place = (id, ...children) => document.getElementById(id).replaceChildren(...children.filter(Boolean));
  /** What the page shows. */
  let data;

  function heading({ title, subtitle, method, facts, startedAt, tags }) {
    document.title = `${title} · bench`;
    place(
      "heading",
      el("div", { class: "eyebrow" }, el("span", {}, "Load test report"), el("span", {}, startedAt)),
      el("h1", {}, method ? el("span", { class: "method" }, method) : "", title),
      subtitle ? el("p", { class: "subtitle" }, subtitle) : "",
      el("ul", { class: "facts" }, facts.map((fact) => el("li", {}, fact))),
      tags.length > 0
        ? el(
          "div",
          { class: "tags" },
          tags.map(([key, value]) => el("span", { class: "tag" }, `${key} `, el("b", {}, value))),
        )
        : "",
    );
  }

  let told;

  function verdict({ tone, title, text }) {
    // A screen reader reads it again whenever it is made anew.
    if (told === `${title} ${text}`) return;
    told = `${title} ${text}`;
    place(
      "verdict",
      el(
        "div",
        { class: `verdict ${tone}` },
        el("span", { class: "mark" }, icon(tone)),
        el("div", {}, el("strong", {}, title), el("p", {}, text)),
      ),
    );
  }

  function notes(list) {
    place(
      "notes",
      ...list.map(({ tone, text }) =>
        el("p", { class: `note ${tone}` }, icon(tone, true), el("span", {}, text))
      ),
    );
  }

  function tiles(list) {
    place(
      "tiles",
      ...list.map(({ label, value, unit, hint, tone, spark }) =>
        el(
          "div",
          { class: `tile ${tone}` },
          el("span", { class: "label" }, label),
          el("span", { class: "value" }, value, unit ? el("small", {}, unit) : ""),
          el("span", { class: "hint" }, hint),
          spark && data.timeline ? sparkline(data.timeline[spark], spark) : "",
        )
      ),
    );
  }

  /** The course of one column in a few dozen strokes; the largest value of each stretch counts. */
  function sparkline(values, name) {
    const [width, height, most] = [160, 26, 80];
    const size = Math.ceil(values.length / most);
    const peaks = [];
    for (let i = 0; i < values.length; i += size) peaks.push(Math.max(0, ...values.slice(i, i + size)));
    const top = Math.max(...peaks) || 1;
    const points = peaks.map((peak, i) =>
      `${(i / Math.max(peaks.length - 1, 1) * width).toFixed(1)} ${(height - peak / top * height).toFixed(1)}`
    );
    const line = `M${points.join("L")}`;
    const series = name === "p95" || name === "p99" || name === "errors" ? name : "rate";
    const drawing = svg(
      "svg",
      {
        class: "spark",
        viewBox: `0 0 ${width} ${height}`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      svg("path", { class: "under", d: `${line}V${height}H0Z` }),
      svg("path", { d: line }),
    );
    drawing.firstChild.style.fill = `var(--${series})`;
    drawing.lastChild.style.stroke = `var(--${series})`;
    return drawing;
  }

  function sections() {
    const {
      thresholds,
      comparison,
      percentiles,
      phases,
      statuses,
      errors,
      addresses,
      steps,
      scenarios,
      spans,
      further,
      custom,
      trust,
      config,
      definitions,
    } = data;
    if (thresholds) fill("thresholds", ...table(thresholds));
    if (comparison) {
      fill("comparison", ...table(comparison.changes));
      if (comparison.rules) fill("comparison-rules", ...table(comparison.rules));
    }
    if (percentiles) fill("percentiles", el("h3", {}, "Percentiles"), ...table(percentiles));
    if (phases) {
      fill("phase-bar", ...stack(phases.parts));
      fill("phases", ...table(phases.table));
    }
    if (data.timings) {
      fill("timings", el("h3", {}, "What servers say (Server-Timing)"), ...table(data.timings));
    }
    if (steps || scenarios || spans || custom || data.slowest) {
      const title = scenarios ? "Scenarios" : steps?.title ?? (spans || custom ? "Iterations" : "Requests");
      document.getElementById("steps").dataset.nav = title;
      fill("steps-title", title);
    }
    if (scenarios) fill("scenarios", ...table(scenarios));
    if (steps) fill("steps", ...table(steps.table));
    if (spans) fill("spans", ...table(spans));
    if (custom) fill("custom", ...table(custom));
    if (data.slowest) fill("slowest", el("h3", {}, "Slowest requests"), ...table(data.slowest));
    if (statuses.length > 0 || errors) {
      fill("statuses", statuses.length > 0 ? bars(statuses) : el("p", { class: "empty" }, "No responses."));
      fill(
        "errors",
        el("h3", {}, "Errors"),
        ...(errors ? table(errors) : [el("p", { class: "empty" }, "None.")]),
      );
    }
    if (further) {
      fill(
        "further",
        ...further.flatMap(({ title, facts, times }) => [
          el("h3", {}, title),
          ...table(facts),
          ...(times ? table(times) : []),
        ]),
      );
    }
    if (addresses) fill("addresses", el("h3", {}, "Requests by address"), ...table(addresses));
    if (trust.length > 0) {
      fill(
        "trust",
        ...trust.map(({ tone, title, text }) =>
          el(
            "div",
            { class: `trust-item ${tone}` },
            icon(tone, true),
            el("div", {}, el("h3", {}, title), el("p", {}, text)),
          )
        ),
      );
    }
    if (config.rows.length > 0) fill("config", ...table(config, "config"));
    if (data.settings) fill("settings", el("h3", {}, "What was set"), ...table(data.settings, "config"));
    if (data.command) {
      fill("command", el("h3", {}, "Command"), el("pre", {}, ...unbroken(data.command)), jsonButton());
    }
    if (!data.percentiles) slot("percentiles").hidden = true;
    fill("definitions", ...definitions.flatMap(([term, text]) => [el("dt", {}, term), el("dd", {}, text)]));
    place("foot", el("span", {}, `Made by ${data.generator}`), el("span", {}, "Charts: uPlot, MIT License"));
  }

  /** Lines end between words, not after a word's hyphen. */
  function unbroken(text) {
    return text.split(/( +)/).map((word) => word.startsWith(" ") ? word : el("span", {}, word));
  }

  let observer;
  let navigated;

  function navigation() {
    const shown = [...document.querySelectorAll("section[data-nav]:not([hidden])")];
    const links = new Map(
      shown.map((section) => [section, el("a", { href: `#${section.id}` }, section.dataset.nav)]),
    );
    const names = [...links.values()].map((link) => link.textContent).join();
    if (names === navigated) return;
    navigated = names;
    observer?.disconnect();
    place("nav", ...links.values());
    const seen = new Set();
    observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        isIntersecting ? seen.add(target) : seen.delete(target);
      }
      const current = shown.find((section) => seen.has(section));
      for (const [section, link] of links) {
        if (section === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "-80px 0px -55% 0px" });
    shown.forEach((section) => observer.observe(section));
  }

  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;

  function theme() {
    const button = document.getElementById("theme");
    const show = () => {
      button.replaceChildren(icon(isDark() ? "sun" : "moon"));
      button.setAttribute("aria-label", `Switch to the ${isDark() ? "light" : "dark"} theme`);
      redraw();
    };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      show();
    });
    systemDark.addEventListener("change", show);
    show();
  }

  /** Some browsers refuse storage to files; the theme is then chosen anew each time. */
  function remember(name) {
    try {
      localStorage.setItem("bench-report-theme", name);
    } catch { /* Nothing depends on it. */ }
  }

  function recall() {
    try {
      const name = localStorage.getItem("bench-report-theme");
      if (name === "dark" || name === "light") root.dataset.theme = name;
    } catch { /* Nothing depends on it. */ }
  }

  /** Paper is light and as wide as A4 leaves room for. */
  function printing() {
    const PAPER_WIDTH = 655;
    let before;
    addEventListener("beforeprint", () => {
      before = root.dataset.theme ?? "";
      root.dataset.theme = "light";
      redraw();
      for (const { plot, spec } of charts) plot.setSize({ width: PAPER_WIDTH, height: spec.height() });
    });
    addEventListener("afterprint", () => {
      if (before === "") delete root.dataset.theme;
      else root.dataset.theme = before;
      redraw();
      resize();
    });
  }

  /** Shows data in place of what was shown before. */
  function render(next) {
    data = next;
    heading(data.heading);
    verdict(data.verdict);
    notes(data.notes);
    tiles(data.tiles);
    sections();
    globalThis.report.timelineCharts(data);
    globalThis.report.seriesCharts(data);
    globalThis.report.curveChart(data);
    globalThis.report.histogramChart(data);
    navigation();
  }

  // The command says what was set: the rest is for whoever looks for it.
  function foldSettings() {
    document.getElementById("all-settings").open = !data.command;
  }

  globalThis.report.render = render;
  recall();
  render(JSON.parse(document.getElementById("data").textContent));
  foldSettings();
  theme();
  printing();
  addEventListener("resize", resize);
})();
