/* Tables that sort on a click, and bars made of elements. */
(() => {
  const { el } = globalThis.report;
  const FIRST_ROWS = 25;

  /** A table from its data; long ones start folded. */
  function table(data, className = "") {
    const numeric = data.columns.map((name) => name.startsWith("#"));
    const body = el("tbody");
    const canSort = data.rows.length > 2 && numeric.some(Boolean);
    const head = el(
      "tr",
      {},
      data.columns.map((name, column) => {
        const label = name.replace("#", "");
        const sort = () => sortBy(column);
        return el(
          "th",
          { scope: "col", class: numeric[column] ? "number" : undefined },
          canSort ? el("button", { type: "button", onclick: sort }, label) : label,
        );
      }),
    );
    const rows = data.rows.map((cells) => ({ cells, node: row(cells, numeric) }));
    const firstRows = data.folded ?? FIRST_ROWS;
    let isFolded = rows.length > firstRows * 1.2;
    let sorted = { column: -1, direction: "ascending" };

    function sortBy(column) {
      const first = numeric[column] ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      sorted = { column, direction: sorted.column === column && sorted.direction === first ? other : first };
      const sign = sorted.direction === "ascending" ? 1 : -1;
      rows.sort((a, b) => sign * compare(a.cells[column], b.cells[column]));
      [...head.children].forEach((cell, i) =>
        i === column ? cell.setAttribute("aria-sort", sorted.direction) : cell.removeAttribute("aria-sort")
      );
      show();
    }

    function show() {
      rows.forEach(({ node }, i) => {
        node.classList.toggle("beyond", i >= firstRows);
        node.hidden = isFolded && i >= firstRows;
      });
      body.replaceChildren(...rows.map(({ node }) => node));
    }

    show();
    const place = el(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table" },
      el("table", { class: className }, el("thead", {}, head), body),
    );
    const parts = [place];
    const more = el("button", { class: "more", type: "button", onclick: unfold }, `Show all ${rows.length}`);
    if (isFolded) parts.push(more);

    function unfold() {
      isFolded = false;
      show();
      more.remove();
    }

    // How someone has made it look, for the one that takes its place.
    place.look = () => ({ ...sorted, isUnfolded: !isFolded, left: place.scrollLeft });
    place.lookLike = ({ column, direction, isUnfolded, left }) => {
      if (column >= 0) sortBy(column);
      if (column >= 0 && sorted.direction !== direction) sortBy(column);
      if (isUnfolded) unfold();
      place.scrollLeft = left;
    };
    if (data.remark) parts.push(el("p", { class: "remark" }, data.remark));
    return parts;
  }

  function row(cells, numeric) {
    return el(
      "tr",
      {},
      cells.map((cell, column) => {
        const { text, tone, share, link } = typeof cell === "string" ? { text: cell } : cell;
        const content = tone
          ? el("span", { class: `pill ${tone}` }, text)
          : link
          ? el("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, text)
          : text;
        const meter = share > 0
          ? el("span", { class: "meter", vars: { width: `${share * 100}%` } })
          : undefined;
        return el("td", { class: numeric[column] ? "number" : "words" }, content, meter);
      }),
    );
  }

  function compare(a, b) {
    if (typeof a === "object" && typeof b === "object") return (a.sort ?? 0) - (b.sort ?? 0);
    return String(a.text ?? a).localeCompare(String(b.text ?? b), "en", { numeric: true });
  }

  /** Label, bar and amount, one line a part. */
  function bars(parts) {
    return el(
      "div",
      { class: "bars" },
      parts.map(({ label, value, share, kind }) => [
        el("span", { class: "label" }, label),
        el(
          "span",
          { class: "track" },
          el("span", { class: `fill ${kind}`, vars: { width: `${share * 100}%` } }),
        ),
        el("span", { class: "amount" }, value),
      ]).flat(),
    );
  }

  /** One bar cut into its parts, and their names below. */
  function stack(parts) {
    return [
      el(
        "div",
        { class: "stack", "aria-hidden": "true" },
        parts.map(({ label, value, share, kind }) =>
          el("span", { class: kind, title: `${label}: ${value}`, vars: { "flex-grow": String(share) } })
        ),
      ),
      el(
        "div",
        { class: "stack-key" },
        parts.map(({ label, value, kind }) =>
          el("span", {}, el("i", { class: kind }), label, el("b", {}, value))
        ),
      ),
    ];
  }

  Object.assign(globalThis.report, { table, bars, stack });
})();
