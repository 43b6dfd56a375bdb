"use strict";
/* The hardware hierarchy as a tree: class, architecture, family, product, with how many papers name each. */

pg.hierarchy = (app) => {
  const { model } = app;
  const holder = pg.el("div", { id: "hierarchy" });

  function update() {
    const hardware = model.nodes.map((_, i) => i).filter((i) => model.nodes[i].type === "Hardware" && !model.filters.types.has("Hardware") && (!model.filters.vendor || model.nodes[i].shown));
    const inside = new Set(hardware);
    const [below, above] = [new Map(hardware.map((i) => [i, []])), new Map(hardware.map((i) => [i, []]))];
    for (const e of model.edges) {
      if (e.predicate !== "broader" || !inside.has(e.from) || !inside.has(e.to)) continue;
      above.get(e.from).push(e.to);
      below.get(e.to).push(e.from);
    }
    // A line that skips a step which is there as well is left out.
    const reach = (i, seen = new Set()) => {
      for (const k of above.get(i)) if (!seen.has(k)) reach(k, seen.add(k));
      return seen;
    };
    const skipped = (i, k) => above.get(i).some((mid) => mid !== k && reach(mid).has(k));
    const papers = (i) => model.nodes[i].named ?? 0;
    const under = new Map();
    const weigh = (i, way = []) => {
      if (under.has(i)) return under.get(i);
      const sum = papers(i) + below.get(i).filter((k) => !way.includes(k)).reduce((all, k) => all + weigh(k, [...way, i]), 0);
      under.set(i, sum);
      return sum;
    };
    const order = (list) => [...list].sort((a, b) => weigh(b) - weigh(a) || pg.collator.compare(model.nodes[a].label, model.nodes[b].label));
    const most = Math.max(1, ...hardware.map(papers));

    function item(i, way) {
      const n = model.nodes[i];
      const children = order(below.get(i).filter((k) => !way.includes(k) && !skipped(k, i)));
      const bar = pg.el("span", { class: "bar-of", "aria-hidden": "true" }, pg.el("i"));
      bar.firstChild.style.width = pg.percent(papers(i) / most);
      const line = pg.el(
        "span",
        { class: "leaf" },
        pg.glyph(model.types.get("Hardware"), { hollow: n.unnamed }),
        pg.el("button", { type: "button", class: "plain text", onclick: () => app.choose({ node: i }) }, n.label),
        papers(i) ? pg.el("span", { class: "number" }, pg.some(papers(i), "paper")) : null,
        papers(i) ? bar : null,
      );
      if (!children.length) return pg.el("li", {}, line);
      return pg.el(
        "li",
        {},
        pg.el("details", { open: true }, pg.el("summary", {}, line), pg.el("ul", {}, ...children.map((k) => item(k, [...way, i])))),
      );
    }

    const roots = order(hardware.filter((i) => !above.get(i).length));
    const [trees, alone] = [roots.filter((i) => below.get(i).length), roots.filter((i) => !below.get(i).length)];
    const part = (title, list) => (list.length ? [pg.el("h2", {}, title), pg.el("ul", { class: "tree" }, ...list.map((i) => item(i, [])))] : []);
    holder.replaceChildren(
      pg.el("p", { class: "soft head" }, "Hollow squares are classes and families that no paper names. A product may stand in several places."),
      ...part("Hierarchy", trees),
      ...part("Not in the catalogue's hierarchy", alone),
    );
  }

  return { name: "hardware", title: "Hardware", element: holder, update };
};
