"use strict";
/* Methods × hardware: what runs on what, how often it is said, and a figure reported for the pair. */

pg.MATRIX_ROWS = 60;
pg.MATRIX_COLUMNS = 24;

pg.matrix = (app) => {
  const { model } = app;
  const note = pg.el("p", { class: "soft", role: "status" });
  const table = pg.el("table", { class: "heat" });
  const holder = pg.el("div", { id: "matrix" }, pg.el("div", { class: "head" }, note), pg.el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Methods by hardware" }, table));

  /* Pairs of a method (or a paper that names none) and a hardware: "i k" -> {sentences, papers, edges, figures}. */
  function pairs() {
    const found = new Map();
    for (const [j, e] of model.edges.entries()) {
      if (!e.shown || e.predicate !== "runs_on" || !e.facts.length) continue;
      const key = `${e.from} ${e.to}`;
      if (!found.has(key)) found.set(key, { from: e.from, to: e.to, sentences: 0, edges: [], figures: [] });
      const pair = found.get(key);
      pair.sentences += e.visible.length;
      pair.edges.push(j);
    }
    for (const result of model.results) {
      const pair = found.get(`${result.method} ${result.hardware}`);
      if (pair && 100 * result.confidence >= model.filters.sure) pair.figures.push(result);
    }
    return [...found.values()];
  }

  function update() {
    const all = pairs();
    const total = (end) => {
      const sums = new Map();
      for (const pair of all) sums.set(pair[end], (sums.get(pair[end]) ?? 0) + pair.sentences);
      return [...sums].sort((a, b) => b[1] - a[1] || pg.collator.compare(model.nodes[a[0]].label, model.nodes[b[0]].label)).map(([i]) => i);
    };
    const at = new Map(all.map((pair) => [`${pair.from} ${pair.to}`, pair]));
    const [rows, columns] = [total("from"), total("to")];
    const shownColumns = columns.slice(0, pg.MATRIX_COLUMNS);
    // A row without a cell among the columns shown would say nothing; of rows with as much, those on the same hardware stand together.
    const [said, first] = [new Map(), (i) => shownColumns.findIndex((k) => at.has(`${i} ${k}`))];
    for (const pair of all) said.set(pair.from, (said.get(pair.from) ?? 0) + pair.sentences);
    const shownRows = rows.filter((i) => first(i) >= 0).slice(0, pg.MATRIX_ROWS).sort((a, b) => said.get(b) - said.get(a) || first(a) - first(b));
    const papers = rows.some((i) => model.nodes[i].type === "Paper");
    const of = (shown, list) => (shown.length < list.length ? `${pg.count(shown.length)} of ` : "");
    note.textContent = all.length
      ? `${of(shownRows, rows)}${papers ? `${pg.count(rows.length)} methods and papers` : pg.some(rows.length, "method")} × ${of(shownColumns, columns)}${pg.count(columns.length)} hardware. ` +
        "Stronger colour, more sentences. A cell shows a figure reported for the pair, else how many sentences; press it to read them."
      : "No method here is said to run on a hardware.";
    const most = Math.max(1, ...all.map((pair) => pair.sentences));
    const head = (i, scope) =>
      pg.el("th", { scope }, pg.el("button", { type: "button", class: "plain text", title: model.nodes[i].label, onclick: () => app.choose({ node: i }) }, model.nodes[i].type === "Paper" ? pg.glyph(model.types.get("Paper")) : null, pg.short(model.nodes[i].label, 34)));
    table.replaceChildren(
      pg.el("caption", { class: "unseen" }, "How many sentences say that a method runs on a hardware, with a figure reported for the pair"),
      pg.el("thead", {}, pg.el("tr", {}, pg.el("td", { class: "corner" }), ...shownColumns.map((k) => head(k, "col")))),
      pg.el(
        "tbody",
        {},
        ...shownRows.map((i) =>
          pg.el("tr", {}, head(i, "row"), ...shownColumns.map((k) => cell(at.get(`${i} ${k}`), most))),
        ),
      ),
    );
  }

  function cell(pair, most) {
    if (!pair) return pg.el("td", { class: "none" });
    const best = [...pair.figures].sort((a, b) => b.confidence - a.confidence)[0];
    const label = `${model.nodes[pair.from].label} on ${model.nodes[pair.to].label}: ${pg.some(pair.sentences, "sentence")}${best ? `, ${best.text}` : ""}`;
    const button = pg.el("button", { type: "button", class: "cell", title: label, "aria-label": label, onclick: () => app.choose({ edge: pair.edges[0] }) }, best ? pg.short(best.text, 12) : pg.count(pair.sentences));
    const level = Math.min(4, 1 + Math.floor((3.99 * (pair.sentences - 1)) / Math.max(1, most - 1)));
    return pg.el("td", { class: `heat-${level}${best ? " figure" : ""}` }, button);
  }

  return { name: "matrix", title: "Matrix", element: holder, update };
};
