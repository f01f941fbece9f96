/* A run that goes on: takes what is new from the server the page came from, and sends back what is asked for. */
(() => {
  const { el, clockText, download, render } = globalThis.report;
  const place = document.getElementById("live");
  const token = new URLSearchParams(location.search).get("token");
  let data = JSON.parse(document.getElementById("data").textContent);
  if (!data.live) return;

  /** Applies what `delta.ts` found. */
  function patched(value, change) {
    if ("s" in change) return change.s;
    if ("a" in change) return [...value.slice(0, change.p), ...change.a];
    const copy = Array.isArray(value) ? [...value] : { ...value };
    for (const key of change.d ?? []) delete copy[key];
    for (const [key, part] of Object.entries(change.i ?? change.k)) copy[key] = patched(copy[key], part);
    return copy;
  }

  const address = (path) => `${path}${token === null ? "" : `?token=${encodeURIComponent(token)}`}`;

  const LOST = "Connection lost; trying again.";
  // What is said here is read out by screen readers: only what someone has done, and what ends.
  const said = el("p", { class: "live-said", role: "status" });
  const clock = el("span", { class: "live-clock" });
  const bar = el("progress", { "aria-label": "Elapsed time" });
  const workers = el("ul", { class: "live-workers", "aria-label": "Workers" });
  const pause = el("button", { type: "button", class: "live-button", onclick: togglePause }, "Pause");
  const stop = el(
    "button",
    { type: "button", class: "live-button stop", onclick: () => ask({ stop: true }) },
    "Stop",
  );
  /** Of several scenarios, the one whose load the fields are about. */
  const chosen = el("select", { id: "live-scenario", onchange: () => showLoad(true) });
  const scenario = el(
    "div",
    { class: "live-form", hidden: true },
    el("label", { for: "live-scenario" }, "Scenario"),
    el("span", {}, chosen),
  );
  const rate = field("rate", "Rate per second", { min: "0", step: "any" });
  const users = field("users", "Users or connections", { min: "1", step: "1" });
  const note = form(
    "note",
    "Note for this moment",
    { type: "text", maxlength: "200", placeholder: "deploy" },
    "Mark",
    (value) => ({ note: value }),
  );
  const controls = el(
    "div",
    { class: "live-controls", role: "group", "aria-label": "Change the run" },
    scenario,
    rate.node,
    users.node,
    note.node,
    el("div", { class: "live-buttons" }, pause, stop),
  );

  function form(name, label, attributes, action, requestOf) {
    const input = el("input", { id: `live-${name}`, required: true, ...attributes });
    const node = el(
      "form",
      {
        class: "live-form",
        onsubmit: async (event) => {
          event.preventDefault();
          if (await ask(requestOf(input.value)) && name === "note") input.value = "";
        },
      },
      el("label", { for: `live-${name}` }, label),
      el("span", {}, input, el("button", { type: "submit", class: "live-button" }, action)),
    );
    return { node, input };
  }

  function field(name, label, attributes) {
    return form(name, label, { type: "number", inputmode: "decimal", ...attributes }, "Set", (value) => ({
      ...(data.live.scenarios && { scenario: chosen.value }),
      [name]: Number(value),
    }));
  }

  function togglePause() {
    return ask({ paused: data.live.state !== "paused" });
  }

  /** Asks the run for a change; says what came of it. */
  async function ask(request) {
    try {
      const response = await fetch("run", {
        method: "PATCH",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(request),
      });
      const { error, changes } = await response.json();
      said.textContent = error === undefined
        ? changes.map(({ text, at_sec: at }) => `${text} at ${clockText(Math.max(at, 0))}`).join(", ")
        : `Not done: ${error}`;
      return error === undefined;
    } catch {
      said.textContent = "Not done: the run does not respond";
      return false;
    }
  }

  function show() {
    render(data);
    const { live } = data;
    const { state, elapsedSec, plannedSec } = live;
    clock.textContent = plannedSec === undefined
      ? clockText(Math.round(elapsedSec))
      : `${clockText(Math.round(elapsedSec))} of ${clockText(plannedSec)}`;
    bar.hidden = plannedSec === undefined;
    if (plannedSec !== undefined) {
      bar.max = plannedSec;
      bar.value = Math.min(elapsedSec, plannedSec);
    }
    pause.hidden = !live.canPause;
    pause.textContent = state === "paused" ? "Resume" : "Pause";
    showLoad(false);
    workers.replaceChildren(
      ...live.workers.map(({ name, state, reason }) =>
        el(
          "li",
          { class: state === "lost" ? "bad" : "neutral" },
          reason === undefined ? `${name}: ${state}` : `${name}: ${state}, ${reason}`,
        )
      ),
    );
    controls.hidden = token === null || state === "stopping";
  }

  /** The fields of the load that can be changed. What someone is typing stays, unless another load was chosen. */
  function showLoad(isAnother) {
    const { scenarios } = data.live;
    scenario.hidden = scenarios === undefined;
    if (scenarios && chosen.childElementCount !== scenarios.length) {
      chosen.replaceChildren(...scenarios.map(({ name }) => el("option", { value: name }, name)));
    }
    const load = scenarios?.find(({ name }) => name === chosen.value) ?? data.live;
    for (const [{ node, input }, value] of [[rate, load.rate], [users, load.users]]) {
      node.hidden = value === undefined;
      const isFree = isAnother || document.activeElement !== input && input.dataset.told !== String(value);
      if (value !== undefined && isFree) input.value = input.dataset.told = String(value);
    }
  }

  // A browser that draws more slowly than data comes draws what is newest, rather than falling further and further behind.
  let isDue = false;
  function showSoon() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      if (source.readyState !== EventSource.CLOSED) show();
    });
  }

  function finish(result) {
    source.close();
    data = result.data;
    // The file carries the results: this page then does, too.
    const carried = new DOMParser().parseFromString(result.html, "text/html").getElementById("json");
    if (carried) document.body.append(carried);
    render(data);
    const save = el(
      "button",
      {
        type: "button",
        class: "live-button",
        onclick: () => download("bench-report.html", [result.html], "text/html"),
      },
      "Save this report",
    );
    place.replaceChildren(save, said);
    said.textContent = "The run is over.";
  }

  place.hidden = false;
  place.append(el("div", { class: "live-progress" }, clock, bar), workers, controls, said);
  show();
  const source = new EventSource(address("events"));
  source.addEventListener("data", (event) => {
    data = JSON.parse(event.data);
    showSoon();
  });
  source.addEventListener("delta", (event) => {
    data = patched(data, JSON.parse(event.data));
    showSoon();
  });
  source.addEventListener("over", (event) => finish(JSON.parse(event.data)));
  source.addEventListener("error", () => said.textContent = LOST);
  source.addEventListener("open", () => {
    if (said.textContent === LOST) said.textContent = "";
  });
})();
