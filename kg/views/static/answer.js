"use strict";
/* The rows of an answer as a table; a cell that means a node of this page leads to it. */

pg.ANSWER_ROWS = 200;

/* `ids` has for each cell the id of a node or null. */
pg.answerTable = (app, { columns, rows, ids, cut }) => {
  const { model } = app;
  const NAMED = new Set(["role", "roles", "bound"]); // columns of names of ours: designed_for
  const body = pg.el("tbody");
  const more = pg.el("button", { type: "button", class: "more" });
  const text = (cell) => (cell === null || cell === undefined ? "" : typeof cell === "number" ? String(Number(cell.toPrecision(6))) : String(cell));

  function row(at) {
    const cells = rows[at].map((cell, k) => {
      const [column, node] = [columns[k], ids[at][k] === null ? undefined : model.numberOfNode.get(ids[at][k])];
      const props = { "data-column": pg.words(column) };
      // A sentence stays one, even where it is a paper's title.
      if (column === "sentence") return pg.el("td", { ...props, class: "sentence" }, text(cell));
      if (node === undefined) {
        const kind = typeof cell === "number" ? "number" : text(cell).length > 40 ? "long" : null;
        return pg.el("td", { ...props, class: kind }, NAMED.has(column) ? pg.words(text(cell)) : text(cell));
      }
      const { type, unnamed, label } = model.nodes[node];
      const shown = /^https?:/.test(text(cell)) ? label : text(cell);
      return pg.el("td", props, pg.el("button", { type: "button", class: "plain text", onclick: () => app.choose({ node }) }, pg.glyph(model.types.get(type), { hollow: unnamed }), shown));
    });
    return pg.el("tr", {}, ...cells);
  }

  function grow() {
    const from = body.rows.length;
    for (let at = from; at < Math.min(rows.length, from + pg.ANSWER_ROWS); at++) body.append(row(at));
    more.hidden = body.rows.length >= rows.length;
    more.textContent = `Show ${pg.count(Math.min(pg.ANSWER_ROWS, rows.length - body.rows.length))} more`;
  }
  more.addEventListener("click", grow);
  grow();
  const note = `${pg.some(rows.length, "row")}${cut ? ", cut there" : ""}`;
  return pg.el(
    "div",
    { class: "answer" },
    pg.el("p", { class: "soft", role: "status" }, note),
    pg.el(
      "table",
      { class: "rows" },
      pg.el("caption", { class: "unseen" }, "The answer"),
      pg.el("thead", {}, pg.el("tr", {}, ...columns.map((name) => pg.el("th", { scope: "col" }, pg.words(name))))),
      body,
    ),
    more,
  );
};

/* The answer that a page was made for, as a tab. */
pg.answerTab = (app, answer) => {
  const holder = pg.el("div", { id: "answer" });
  return {
    name: "answer",
    title: "Answer",
    element: holder,
    update() {
      if (!holder.firstChild) holder.append(pg.answerTable(app, answer));
    },
  };
};
