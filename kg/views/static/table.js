"use strict";
/* The same facts as a table: for screen readers, for searching, for reading. */

pg.FACT_ROWS = 200; // rows added at a time

pg.factTable = (app) => {
  const { model } = app;
  const input = pg.el("input", { type: "search", "aria-label": "Rows with these words", placeholder: "Rows with these words" });
  const status = pg.el("p", { class: "soft", role: "status" });
  const body = pg.el("tbody");
  const more = pg.el("button", { type: "button", class: "more" });
  const titles = ["From", "Relation", "To", "Sentence", "Paper", "Date", "Confidence"];
  const holder = pg.el(
    "div",
    { id: "facts" },
    pg.el("div", { class: "head" }, input, status),
    pg.el(
      "table",
      {},
      pg.el("caption", { class: "unseen" }, "Facts: two nodes, how they relate, and the sentence that says so"),
      pg.el("thead", {}, pg.el("tr", {}, ...titles.map((t) => pg.el("th", { scope: "col" }, t)))),
      body,
    ),
    more,
  );
  let rows = [];

  const words = ({ j, fact }) => {
    const e = model.edges[j];
    const said = fact ? `${fact.sentence} ${model.papers[fact.paper].title}` : "";
    return pg.plain(`${model.nodes[e.from].label} ${pg.words(e.predicate)} ${model.nodes[e.to].label} ${said}`);
  };

  function button(pick, text, mark = null) {
    return pg.el("button", { type: "button", class: "plain text", onclick: () => app.choose(pick) }, mark, text);
  }

  function row({ j, fact }) {
    const e = model.edges[j];
    const node = (i) => button({ node: i }, model.nodes[i].label, pg.glyph(model.types.get(model.nodes[i].type), { hollow: model.nodes[i].unnamed }));
    const paper = fact && model.papers[fact.paper];
    return pg.el(
      "tr",
      {},
      pg.el("td", {}, node(e.from)),
      pg.el("td", {}, button({ edge: j }, pg.words(e.predicate) + (e.role ? ` · ${pg.words(e.role)}` : ""))),
      pg.el("td", {}, node(e.to)),
      pg.el("td", { class: "sentence" }, fact ? pg.marked(fact.sentence, fact.marks) : pg.el("span", { class: "soft" }, "hardware catalogue")),
      pg.el("td", { class: "paper-cell" }, paper ? pg.link(paper.url, paper.title) : ""),
      pg.el("td", { class: "when number" }, paper?.date ?? ""),
      pg.el("td", { class: "number" }, fact ? pg.percent(fact.confidence) : ""),
    );
  }

  function grow() {
    body.append(...rows.slice(body.rows.length, body.rows.length + pg.FACT_ROWS).map(row));
    more.hidden = body.rows.length >= rows.length;
    more.textContent = `Show ${pg.count(Math.min(pg.FACT_ROWS, rows.length - body.rows.length))} more`;
    status.textContent = more.hidden ? pg.some(rows.length, "fact") : `The first ${pg.count(body.rows.length)} of ${pg.some(rows.length, "fact")}`;
  }
  more.addEventListener("click", grow);

  function update() {
    const wanted = pg.plain(input.value).split(/\s+/).filter(Boolean);
    rows = model.visibleFacts().filter((item) => {
      if (!wanted.length) return true;
      const text = words(item);
      return wanted.every((word) => text.includes(word));
    });
    rows.sort((a, b) => (b.fact?.confidence ?? -1) - (a.fact?.confidence ?? -1));
    body.replaceChildren();
    grow();
  }
  input.addEventListener("input", update);

  return { name: "facts", title: "Facts", element: holder, update };
};
