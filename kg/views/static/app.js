"use strict";
/* Puts the page together: one model, one picture, one panel, tabs, the address, the keys. */

pg.start = (data, source) => {
  const root = document.documentElement;
  const { at } = pg;
  const box = at("graph");
  const model = new pg.Model(data.types);
  model.add(data);
  const app = { data, model, source };
  let chosen = null; // {node} | {edge} | {path: {from, to, steps}} | null
  let marked = null; // {nodes, name}: nodes of an answer that are lit while nothing is chosen
  const opened = []; // ids of nodes that were expanded ("+id") or collapsed ("-id"), in order
  const panel = pg.panel(app);
  const legend = pg.legend(app);
  const canvas = new pg.Canvas(model, box, panel.element);
  app.canvas = canvas;
  canvas.ondrawn = () => {
    if (root.dataset.ready === undefined) root.dataset.ready = String(Math.round(performance.now()));
  };

  // ---- Choosing ----

  function litBy(pick) {
    if (!pick) return marked && { nodes: new Set(marked.nodes), edges: between(marked.nodes) };
    if (pick.path) {
      const { from, steps } = pick.path;
      const nodes = new Set([from, ...steps.flatMap((j) => [model.edges[j].from, model.edges[j].to])]);
      return { nodes, edges: steps, path: true };
    }
    return model.neighbourhood(pick);
  }

  function between(list) {
    const inside = new Set(list);
    return [...model.edges.keys()].filter((j) => model.edges[j].shown && inside.has(model.edges[j].from) && inside.has(model.edges[j].to));
  }

  /* quiet: leave view and focus where they are (a click on the picture); jump: no animation. */
  app.choose = (pick, { quiet = false, jump = false, keepAddress = false } = {}) => {
    if (pick) reveal(pick);
    chosen = pick;
    if (pick?.node !== undefined && source.search && source.more(model.nodes[pick.node])) complete(pick.node);
    canvas.chosen = pick?.path ? null : pick;
    canvas.lit = litBy(pick);
    const leaving = !pick && panel.element.contains(document.activeElement);
    panel.draw(pick);
    if (leaving) box.focus({ preventScroll: true });
    announce();
    if (!keepAddress) writeAddress(true);
    if (!pick) {
      canvas.network.redraw();
      return;
    }
    const heading = panel.element.querySelector("h2");
    if (tab.name !== "graph") heading.focus({ preventScroll: true });
    else if (quiet) canvas.uncover(pick);
    else {
      if (pick.path) canvas.frame([...canvas.lit.nodes], { largest: 1.2, jump });
      else canvas.moveTo(pick, jump);
      heading.focus({ preventScroll: true });
    }
    canvas.network.redraw();
  };

  /* A chosen thing is never hidden: it is drawn, and filters that hide it are taken back. */
  function reveal(pick) {
    const ends = pick.path ? [pick.path.from, pick.path.to] : pick.edge !== undefined ? [model.edges[pick.edge].from, model.edges[pick.edge].to] : [pick.node];
    const folded = ends.filter((i) => model.nodes[i].folded);
    if (folded.length) {
      for (const i of folded) {
        const near = model.nodes[i].edges.map((j) => model.otherEnd(model.edges[j], i)).find((k) => model.nodes[k].shown);
        canvas.place([i], near ?? model.byDegree.find((k) => model.nodes[k].x !== undefined) ?? i);
      }
      model.fold(folded, false);
      refresh();
    }
    const hidden = () => ends.some((i) => !model.nodes[i].shown) || (pick.edge !== undefined && !model.edges[pick.edge].shown);
    if (!hidden()) return;
    for (const i of ends) model.filters.types.delete(model.nodes[i].type);
    if (pick.edge !== undefined) model.filters.relations.delete(model.edges[pick.edge].predicate);
    model.apply();
    if (hidden()) {
      model.filters = model.noFilters();
      model.apply();
    }
    refresh();
  }

  /* Light these nodes and dim the rest: what an answer names. */
  app.light = (list, name) => {
    app.choose(null, { keepAddress: true });
    const folded = list.filter((i) => model.nodes[i].folded);
    if (folded.length) {
      canvas.place(folded, model.byDegree.find((k) => model.nodes[k].x !== undefined) ?? list[0]);
      model.fold(folded, false);
    }
    if (list.some((i) => !model.nodes[i].shown)) model.filters = model.noFilters();
    model.apply();
    refresh();
    app.showTab("graph");
    marked = { nodes: list, name };
    canvas.lit = litBy(null);
    canvas.frame(list, { largest: Math.max(0.9, canvas.fitScale) });
    announce();
    canvas.network.redraw();
  };

  app.showPath = (from, to) => {
    const steps = model.path(from, to);
    if (steps === null) say(`Nothing that is shown links ${model.nodes[from].label} and ${model.nodes[to].label}.`);
    else app.choose({ path: { from, to, steps } });
  };

  // ---- Expanding and collapsing ----

  app.expand = async (i, { jump = false, keepAddress = false } = {}) => {
    const more = await source.expand(model.nodes[i].id);
    const added = more ? model.add(more).filter((k) => model.nodes[k].x === undefined) : [];
    const list = [...new Set([...model.foldedAround(i), ...added])];
    canvas.place(list, i);
    model.fold(list, false);
    opened.push(`+${model.nodes[i].id}`);
    refresh();
    if (!keepAddress) app.choose({ node: i }, { jump });
  };

  /* Ask the source for all about a node; its neighbours are there then, folded. */
  async function complete(i) {
    const more = await source.expand(model.nodes[i].id);
    if (!more) return;
    model.add(more);
    refresh();
    if (chosen?.node === i) panel.draw(chosen);
  }

  /* Bring a node into the picture that is not on this page yet: its number, or undefined where the source has none. */
  app.fetch = async (id) => {
    if (!model.numberOfNode.has(id) && source.search) {
      const more = await source.expand(id);
      if (more) model.add(more);
      const i = model.numberOfNode.get(id);
      if (i !== undefined && model.nodes[i].x === undefined) {
        const near = model.nodes[i].edges.map((j) => model.otherEnd(model.edges[j], i)).find((k) => model.nodes[k].shown);
        canvas.place([i], near ?? model.byDegree.find((k) => model.nodes[k].x !== undefined) ?? i);
        const list = model.foldedAround(i);
        canvas.place(list, i);
        model.fold([i, ...list], false);
        opened.push(`+${id}`);
        refresh();
      }
    }
    return model.numberOfNode.get(id);
  };

  /* Choose a node that search found at the source. */
  app.open = async (id) => {
    const node = await app.fetch(id);
    if (node === undefined) return;
    if (tab !== graphTab && tab.name !== "facts") app.showTab("graph");
    app.choose({ node });
  };

  app.collapse = (i, { keepAddress = false } = {}) => {
    model.fold(model.leavesOf(i), true);
    opened.push(`-${model.nodes[i].id}`);
    refresh();
    if (!keepAddress) app.choose({ node: i }, { quiet: true });
  };

  // ---- Filters ----

  /* Bring everything in line with the model. */
  function refresh() {
    canvas.hold();
    legend.update();
    const shown = model.nodes.filter((n) => n.shown).length;
    at("count").textContent = `Showing ${pg.count(shown)} of ${pg.some(Math.max(data.total, shown), "node")}`;
    box.setAttribute(
      "aria-label",
      `Network of ${pg.some(shown, "node")}. Arrow keys walk from node to node; the Facts tab has the same facts as a table.`,
    );
    if (tab.name !== "graph") tab.update();
    announce();
  }

  app.filtersChanged = () => {
    model.apply();
    refresh();
    if (chosen?.node !== undefined && !model.nodes[chosen.node].shown) app.choose(null);
    else if (chosen?.edge !== undefined && !model.edges[chosen.edge].shown) app.choose(null);
    else if (chosen?.path && !chosen.path.steps.every((j) => model.edges[j].shown)) app.choose(null);
    else {
      canvas.lit = litBy(chosen);
      panel.draw(chosen);
      canvas.network.redraw();
    }
    writeAddress(false);
  };

  /* Show only these types or relations; without arguments everything. */
  app.filter = ({ types = null, relations = null, ...others }) => {
    model.filters = { ...model.noFilters(), ...others };
    if (types) model.filters.types = new Set([...model.types.keys()].filter((t) => !types.includes(t)));
    if (relations) model.filters.relations = new Set(model.relations.filter((r) => !relations.includes(r)));
    app.filtersChanged();
  };

  function say(text, clear = null) {
    const notice = at("notice");
    notice.hidden = text === null;
    notice.firstElementChild.textContent = text ?? "";
    notice.lastElementChild.hidden = clear === null;
    notice.lastElementChild.onclick = clear;
  }

  function announce() {
    if (marked && !chosen) say(`${pg.some(marked.nodes.length, "node")} of: ${marked.name}`, clearMarked);
    else if (!model.nodes.some((n) => n.shown)) say(model.filtered ? "The filters leave nothing." : "There is nothing to show here.");
    else say(null);
  }

  function clearMarked() {
    marked = null;
    app.choose(null);
  }

  // ---- Tabs ----

  const graphTab = { name: "graph", title: "Graph" };
  const tabs = [graphTab, pg.factTable(app), pg.matrix(app), pg.hierarchy(app)];
  if (data.answer) tabs.splice(1, 0, pg.answerTab(app, data.answer));
  if (data.sparql) tabs.push(pg.ask(app, data.sparql));
  app.tabs = Object.fromEntries(tabs.map((t) => [t.name, t]));
  let tab = graphTab;
  for (const each of tabs) {
    each.button = pg.el("button", { type: "button", role: "tab", id: `tab-${each.name}`, "aria-selected": "false", tabindex: "-1", onclick: () => app.showTab(each.name) }, each.title);
    at("tabs").append(each.button);
  }
  at("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    app.showTab(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length].name);
    tab.button.focus();
    event.preventDefault();
  });

  app.showTab = (name, { keepAddress = false } = {}) => {
    tab = app.tabs[name] ?? graphTab;
    for (const each of tabs) {
      each.button.setAttribute("aria-selected", String(each === tab));
      each.button.tabIndex = each === tab ? 0 : -1;
    }
    const page = at("page");
    page.hidden = tab === graphTab;
    page.setAttribute("aria-labelledby", `tab-${tab.name}`);
    root.dataset.tab = tab.name;
    if (tab === graphTab) page.replaceChildren();
    else if (page.firstElementChild !== tab.element) {
      tab.update();
      page.replaceChildren(tab.element);
      page.scrollTop = 0;
    }
    if (tab === graphTab && chosen && !chosen.path) canvas.moveTo(chosen, true);
    canvas.network.redraw();
    if (!keepAddress) writeAddress(false);
  };

  // ---- The address: what is chosen, which tab, the filters; so that a link leads back ----

  const inAddress = (value) => encodeURIComponent(value.toWellFormed()).replaceAll("%2F", "/").replaceAll("%3A", ":");

  function fragment() {
    const { types, relations, from, to, sure, vendor } = model.filters;
    const parts = [];
    const put = (name, value) => value && parts.push(`${name}=${inAddress(String(value))}`);
    if (chosen?.node !== undefined) put("node", model.nodes[chosen.node].id);
    if (chosen?.edge !== undefined) put("edge", model.edges[chosen.edge].id);
    if (chosen?.path) put("path", `${model.nodes[chosen.path.from].id} ${model.nodes[chosen.path.to].id}`);
    if (tab !== graphTab) put("view", tab.name);
    put("without", [...types].join(" "));
    put("norelation", [...relations].join(" "));
    put("from", from);
    put("to", to);
    put("sure", sure);
    put("vendor", vendor);
    put("open", opened.join(" "));
    return parts.length ? `#${parts.join("&")}` : "";
  }

  function writeAddress(remember) {
    const wanted = fragment();
    if (location.hash === wanted) return;
    try {
      history[remember && chosen ? "pushState" : "replaceState"](null, "", wanted || location.pathname + location.search);
    } catch {
      location.hash = wanted; // a page inside another page may not do the above
    }
  }

  async function readAddress(jump) {
    const given = new URLSearchParams(location.hash.slice(1));
    const list = (name) => new Set((given.get(name) ?? "").split(" ").filter(Boolean));
    const sure = Number(given.get("sure") ?? 0);
    model.filters = {
      types: new Set([...list("without")].filter((t) => model.types.has(t))),
      relations: new Set([...list("norelation")].filter((r) => model.relations.includes(r))),
      from: /^\d{4}$/.test(given.get("from")) ? given.get("from") : null,
      to: /^\d{4}$/.test(given.get("to")) ? given.get("to") : null,
      sure: sure >= 0 && sure <= 100 ? sure : 0,
      vendor: model.vendors.includes(given.get("vendor")) ? given.get("vendor") : "",
    };
    const ends = (given.get("edge") ?? "").split("|");
    const wanted = [given.get("node"), ...list("path"), ...(ends.length === 4 ? [ends[0], ends[3]] : []), ...[...list("open")].filter((step) => step[0] === "+").map((step) => step.slice(1))];
    for (const id of wanted) if (id) await app.fetch(id);
    for (const step of list("open")) {
      const i = model.numberOfNode.get(step.slice(1));
      if (i === undefined || opened.includes(step)) continue;
      if (step[0] === "+") await app.expand(i, { keepAddress: true });
      else app.collapse(i, { keepAddress: true });
    }
    model.apply();
    app.showTab(given.get("view") ?? "graph", { keepAddress: true });
    refresh();
    const options = { jump, keepAddress: true };
    const [from, to] = [...list("path")].map((id) => model.numberOfNode.get(id));
    const node = model.numberOfNode.get(given.get("node"));
    const edge = model.numberOfEdge.get(given.get("edge"));
    if (node !== undefined) app.choose({ node }, options);
    else if (edge !== undefined) app.choose({ edge }, options);
    else if (from !== undefined && to !== undefined && model.path(from, to)) app.choose({ path: { from, to, steps: model.path(from, to) } }, options);
    else {
      app.choose(null, options);
      for (const name of ["node", "edge", "path"]) if (given.has(name)) say(`This picture has no such ${name}.`);
    }
  }
  window.addEventListener("popstate", () => readAddress(false));

  // ---- Pointer ----

  const coarse = matchMedia("(pointer: coarse)").matches;
  canvas.network.on("click", ({ pointer }) => {
    const node = canvas.nodeAt(pointer.DOM, coarse ? 18 : 9);
    const edge = node === null ? canvas.edgeAt(pointer.DOM, coarse ? 10 : 5) : null;
    app.choose(node !== null ? { node } : edge !== null ? { edge } : null, { quiet: true });
  });
  canvas.network.on("doubleClick", ({ pointer }) => {
    const node = canvas.nodeAt(pointer.DOM, coarse ? 18 : 9);
    if (node !== null) toggle(node);
  });

  function toggle(i) {
    if (model.foldedAround(i).length || source.more?.(model.nodes[i])) app.expand(i);
    else if (model.leavesOf(i).length) app.collapse(i);
  }

  const tip = at("tip");
  let pending = null;
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons) {
      tip.hidden = true;
      return;
    }
    const waiting = pending !== null;
    pending = { x: event.offsetX, y: event.offsetY };
    if (!waiting) requestAnimationFrame(showTip);
  });
  box.addEventListener("pointerleave", () => (tip.hidden = true));
  const about = (i) => `${pg.short(model.nodes[i].label, 90)} · ${model.nodes[i].type} · ${pg.some(model.nodes[i].edges.length, "relation")}`;
  function showTip() {
    const point = pending;
    pending = null;
    const i = canvas.nodeAt(point, 9);
    const j = i === null ? canvas.edgeAt(point, 5) : null;
    box.classList.toggle("over", i !== null || j !== null);
    tip.hidden = i === null && (j === null || (canvas.lit && !canvas.lit.edges.includes(j)));
    if (tip.hidden) return;
    const name = (k, most) => pg.short(model.nodes[k].label, most);
    if (i !== null) tip.textContent = about(i);
    else tip.textContent = `${name(model.edges[j].from, 40)} ${pg.words(model.edges[j].predicate)} ${name(model.edges[j].to, 40)}`;
    const left = Math.min(point.x + 14, box.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, point.y - tip.offsetHeight - 10)}px`;
  }

  // ---- Keys ----

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS[event.key]) {
      const start = chosen?.node ?? model.byDegree.find((i) => model.nodes[i].shown);
      const next = chosen?.node === undefined ? start : canvas.next(start, ...ARROWS[event.key]);
      if (next === null || next === undefined) return;
      app.choose({ node: next }, { quiet: true });
      at("said").textContent = about(next);
    } else if (event.key === "Enter" && chosen) panel.element.querySelector("h2").focus();
    else return;
    event.preventDefault();
  });

  const finder = pg.finder(model, {
    label: "Search nodes",
    placeholder: "Search methods, hardware, papers …",
    source,
    onFound: (id) => app.open(id),
    onTake: (node) => {
      if (tab !== graphTab && tab.name !== "facts") app.showTab("graph");
      app.choose({ node });
    },
    before: [pg.svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, pg.svg("circle", { cx: 7, cy: 7, r: 4.5 }), pg.svg("path", { d: "M10.5 10.5 14 14" }))],
    after: [pg.el("kbd", { "aria-hidden": "true" }, "/")],
  });
  at("search").append(finder);

  const help = at("help");
  help.querySelector(".close-help").addEventListener("click", () => help.close());
  at("keys").addEventListener("click", () => help.showModal());

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (typing || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const number = Number(event.key);
    if (event.key === "/") finder.querySelector("input").focus();
    else if (event.key === "?") help.showModal();
    else if (event.key === "e" && chosen?.node !== undefined) toggle(chosen.node);
    else if (event.key === "+" || event.key === "=") canvas.zoomBy(1.5);
    else if (event.key === "-") canvas.zoomBy(1 / 1.5);
    else if (event.key === "0") canvas.fitAll(false);
    else if (number >= 1 && number <= tabs.length) app.showTab(tabs[number - 1].name);
    else if (event.key === "Escape") {
      if (at("exports").open) at("exports").open = false;
      else if (at("legend").classList.contains("open")) toggleLegend(false);
      else if (chosen) app.choose(null);
      else if (marked) clearMarked();
    } else return;
    event.preventDefault();
  });

  // ---- Buttons ----

  at("zoom-in").addEventListener("click", () => canvas.zoomBy(1.5));
  at("zoom-out").addEventListener("click", () => canvas.zoomBy(1 / 1.5));
  at("zoom-fit").addEventListener("click", () => canvas.fitAll(false));
  for (const button of document.querySelectorAll("[data-export]")) {
    button.addEventListener("click", () => {
      at("exports").open = false;
      pg.exporting(app, button.dataset.export);
    });
  }
  document.addEventListener("pointerdown", (event) => {
    if (!at("exports").contains(event.target)) at("exports").open = false;
  });

  function toggleLegend(yes) {
    at("legend").classList.toggle("open", yes);
    at("filters").setAttribute("aria-expanded", String(yes));
  }
  at("filters").addEventListener("click", () => toggleLegend(!at("legend").classList.contains("open")));
  box.addEventListener("pointerdown", () => toggleLegend(false));

  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const nameTheme = () => (at("theme").textContent = isDark() ? "Light" : "Dark");
  at("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
    canvas.recolor();
  });
  system.addEventListener("change", () => {
    nameTheme();
    canvas.recolor();
  });
  nameTheme();

  // ---- Begin ----

  refresh();
  canvas.fitAll(true);
  if (location.hash) readAddress(true);
  else {
    app.showTab("graph", { keepAddress: true });
    const centre = model.numberOfNode.get(data.lit[0]);
    if (centre !== undefined && box.clientWidth > 700) {
      app.choose({ node: centre }, { jump: true, keepAddress: true });
      canvas.fitAll(true);
    }
  }
  app.state = () => ({
    node: chosen?.node === undefined ? null : model.nodes[chosen.node].id,
    edge: chosen?.edge === undefined ? null : model.edges[chosen.edge].id,
    path: chosen?.path ? chosen.path.steps.map((j) => model.edges[j].id) : null,
    tab: tab.name,
    lit: canvas.lit ? [...canvas.lit.nodes].map((i) => model.nodes[i].id) : null,
    nodes: model.nodes.filter((n) => n.shown).length,
    edges: model.edges.filter((e) => e.shown).length,
  });
  return app;
};
