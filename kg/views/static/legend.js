"use strict";
/* The legend, which is the filters too: types and relations with counts, years, confidence, vendor. */

pg.legend = (app) => {
  const { model } = app;
  const holder = pg.at("legend");
  const counts = new Map();

  function choice(kind, name, label, mark) {
    const input = pg.el("input", { type: "checkbox", name: kind, value: name });
    input.addEventListener("change", () => {
      if (input.checked) model.filters[kind].delete(name);
      else model.filters[kind].add(name);
      app.filtersChanged();
    });
    const all = () => (kind === "types" ? [...model.types.keys()] : model.relations);
    const only = pg.el("button", { type: "button", class: "only", "aria-label": `Only ${label}` }, "only");
    only.addEventListener("click", (event) => {
      event.preventDefault();
      model.filters[kind] = new Set(all().filter((other) => other !== name));
      app.filtersChanged();
    });
    const number = pg.el("span", { class: "number" });
    counts.set(`${kind} ${name}`, number);
    return pg.el("label", { class: "choice" }, input, mark, pg.el("span", { class: "name text" }, label), number, only);
  }

  function picker(label, options, take) {
    const select = pg.el("select", { "aria-label": label }, ...options.map(([value, text]) => pg.el("option", { value }, text)));
    select.addEventListener("change", () => {
      take(select.value);
      app.filtersChanged();
    });
    return select;
  }

  const group = (title, ...children) => pg.el("fieldset", {}, pg.el("legend", {}, title), ...children);

  const line = () =>
    pg.svg("svg", { class: "glyph", viewBox: "0 0 16 16", "aria-hidden": "true" }, pg.svg("path", { d: "M1 12 15 4", class: "hierarchy" }));
  const types = pg.el("div", { id: "types" });
  const relations = pg.el("div", { id: "relations" });
  const reset = pg.el("button", { id: "reset", type: "button", hidden: true, onclick: () => app.filter({}) }, "Show everything");

  /* Papers a year, as bars; and the first and last year to show. */
  const bars = pg.el("div", { class: "bars", "aria-hidden": "true" });
  const years = () => ["", ...model.years].map((year) => [year, year || "any"]);
  const from = picker("From year", years(), (value) => (model.filters.from = value || null));
  const to = picker("To year", years(), (value) => (model.filters.to = value || null));

  const sure = pg.el("input", { type: "range", min: "0", max: "95", step: "5", "aria-label": "Least confidence in percent" });
  const sureText = pg.el("output", { class: "number" });
  sure.addEventListener("input", () => {
    model.filters.sure = Number(sure.value);
    app.filtersChanged();
  });

  const vendorCount = (vendor) => model.nodes.filter((n) => n.vendor === vendor).length;
  const vendor = picker("Vendor", [["", "any"], ...model.vendors.map((v) => [v, `${v} (${vendorCount(v)})`])], (value) => {
    model.filters.vendor = value;
  });

  holder.append(
    reset,
    group("Types", types),
    group("Relations", relations),
    group("Years", bars, pg.el("div", { class: "pair" }, from, pg.el("span", { class: "soft" }, "to"), to)),
    group("Confidence", pg.el("div", { class: "pair" }, sure, sureText)),
    group("Hardware vendor", vendor),
    pg.el("p", { class: "soft note" }, "Larger means more relations. Hollow hardware is named by no paper: it joins those below it. Zoom in for more names."),
  );
  if (!model.vendors.length) vendor.closest("fieldset").hidden = true;
  if (!model.years.length) from.closest("fieldset").hidden = true;

  function drawBars() {
    const each = model.years.map((year) => model.papers.filter((p) => p.date?.startsWith(year)).length);
    const most = Math.max(1, ...each);
    bars.replaceChildren(
      ...each.map((n, k) => {
        const inside = (!model.filters.from || model.years[k] >= model.filters.from) && (!model.filters.to || model.years[k] <= model.filters.to);
        const bar = pg.el("i", { class: inside ? null : "out", title: `${model.years[k]}: ${pg.some(n, "paper")}` });
        bar.style.height = `${Math.max(6, (100 * n) / most)}%`;
        return bar;
      }),
    );
  }

  return {
    /* Bring the controls in line with the filters, and the counts with what is drawn. */
    update() {
      if (types.childElementCount !== model.types.size)
        types.append(...[...model.types.values()].map((t) => choice("types", t.name, t.name, pg.glyph(t))));
      if (relations.childElementCount !== model.relations.length)
        relations.replaceChildren(...model.relations.map((r) => choice("relations", r, pg.words(r), r === "broader" ? line() : null)));
      const tally = new Map();
      const add = (key) => tally.set(key, (tally.get(key) ?? 0) + 1);
      for (const n of model.nodes) if (!n.folded) add(`types ${n.type}`);
      for (const e of model.edges) if (!model.nodes[e.from].folded && !model.nodes[e.to].folded) add(`relations ${e.predicate}`);
      for (const [key, element] of counts) {
        element.textContent = pg.count(tally.get(key) ?? 0);
        element.parentElement.hidden = !tally.has(key);
      }
      const { filters } = model;
      for (const input of holder.querySelectorAll("input[type=checkbox]")) input.checked = !filters[input.name].has(input.value);
      from.value = filters.from ?? "";
      to.value = filters.to ?? "";
      sure.value = String(filters.sure);
      sureText.textContent = filters.sure ? `≥ ${filters.sure}%` : "any";
      vendor.value = filters.vendor;
      reset.hidden = !model.filtered;
      drawBars();
    },
  };
};
