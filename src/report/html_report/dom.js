/* Building blocks of the page: elements, icons, number formats. Foreign text only ever becomes text nodes. */
(() => {
  const SVG = "http://www.w3.org/2000/svg";

  const ICONS = {
    good: "M5 12.5l4.5 4.5L19 7.5",
    bad: "M6.5 6.5l11 11M17.5 6.5l-11 11",
    warn: "M12 7v6M12 16.8v.2",
    neutral: "M12 11v6M12 7.2v.2",
    sun:
      "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M19 5l-1.4 1.4M6.4 17.6L5 19",
    moon: "M20 14.5A8.5 8.5 0 119.5 4a6.8 6.8 0 0010.5 10.5z",
    closer: "M11 5a6 6 0 100 12 6 6 0 000-12zM15.5 15.5L20 20M11 8.5v5M8.5 11h5",
    wider: "M11 5a6 6 0 100 12 6 6 0 000-12zM15.5 15.5L20 20M8.5 11h5",
    whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  };

  /** An element. `on…` are listeners, `vars` custom properties, everything else attributes; children are nodes or text. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === false) continue;
      if (name === "vars") {
        for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
      } else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== undefined && child !== ""));
    return node;
  }

  function svg(tag, attributes, ...children) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function icon(name, ringed = false) {
    const ring = ringed ? [svg("circle", { cx: 12, cy: 12, r: 9.5 })] : [];
    return svg(
      "svg",
      {
        viewBox: "0 0 24 24",
        fill: "none",
        stroke: "currentColor",
        "stroke-width": ringed ? 1.8 : 2.2,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
        "aria-hidden": "true",
      },
      ...ring,
      svg("path", { d: ICONS[name] }),
    );
  }

  function slot(name) {
    return document.querySelector(`[data-slot="${name}"]`);
  }

  function focusable(place) {
    return [...place.querySelectorAll("button, [tabindex]")];
  }

  /** Fills a slot and shows its section. What is sorted, unfolded or focused in it stays so. */
  function fill(name, ...children) {
    const place = slot(name);
    const looks = [...place.querySelectorAll(".scroll")].map((table) => table.look());
    const focused = focusable(place).indexOf(document.activeElement);
    place.replaceChildren(...children);
    place.querySelectorAll(".scroll").forEach((table, i) => looks[i] && table.lookLike(looks[i]));
    if (focused >= 0) focusable(place)[focused]?.focus();
    place.hidden = false;
    place.closest("section").hidden = false;
  }

  const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

  /** Three significant digits, without an exponent. */
  function significant(value) {
    if (value >= 1000) return WHOLE.format(value);
    return String(Number(value.toPrecision(3)));
  }

  function timeText(ms) {
    if (ms === null || ms === undefined) return "–";
    if (ms === 0) return "0";
    if (ms < 1) return `${significant(ms * 1000)}\u202fµs`;
    return ms < 1000 ? `${significant(ms)}\u202fms` : `${significant(ms / 1000)}\u202fs`;
  }

  function numberText(value) {
    if (value === null || value === undefined) return "–";
    return value >= 100 ? WHOLE.format(value) : significant(value);
  }

  /** Seconds since the start as `m:ss` or `h:mm:ss`, with a decimal when it matters. */
  function clockText(sec) {
    const tenths = Math.round(sec * 10);
    const whole = Math.floor(tenths / 10);
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    const text = hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
    return tenths % 10 === 0 ? text : `${text}.${tenths % 10}`;
  }

  globalThis.report = { el, svg, icon, slot, fill, timeText, numberText, clockText };
})();
