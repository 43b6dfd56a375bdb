"use strict";
/* What is known of the chosen node, relation or path: always down to the sentence and its paper. */

pg.RELATION_TITLES = {
  broader: ["Part of", "Includes"],
  runs_on: ["Runs on", "Runs here"],
  evaluated_on: ["Evaluated on", "Evaluated here"],
  measured_by: ["Measured by", "Measures"],
  compared_with: ["Compared with", "Compared by"],
  uses: ["Uses", "Used by"],
  proposes: ["Proposes", "Proposed by"],
  addresses: ["Addresses", "Addressed by"],
  mentions: ["Mentions", "Mentioned by"],
};

pg.panel = (app) => {
  const { model } = app;
  const panel = pg.at("panel");

  const style = (i) => [model.types.get(model.nodes[i].type), { hollow: model.nodes[i].unnamed }];
  const nodeButton = (i, text = model.nodes[i].label) =>
    pg.el("button", { type: "button", class: "plain text", onclick: () => app.choose({ node: i }) }, text);

  function paperLine(p) {
    const paper = model.papers[p];
    const node = model.numberOfNode.get(paper.id);
    const date = pg.el("span", { class: "soft" }, paper.date ?? "no date");
    const open = node === undefined ? null : pg.el("button", { type: "button", class: "plain tiny", onclick: () => app.choose({ node }) }, "in the graph");
    return pg.el("li", { class: "paper" }, pg.link(paper.url, paper.title), pg.el("p", {}, date, open));
  }

  function section(title, total, ...children) {
    const number = total === null ? null : pg.el("span", { class: "number" }, pg.count(total));
    return pg.el("section", {}, pg.el("h3", {}, pg.el("span", { class: "text" }, title), number), ...children);
  }

  function tools() {
    const copy = pg.el("button", { type: "button" }, "Copy link");
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "See address bar";
      }
    });
    const cross = pg.svg("svg", { class: "icon", viewBox: "0 0 16 16" }, pg.svg("path", { d: "M4 4l8 8M12 4l-8 8" }));
    const close = pg.el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => app.choose(null) }, cross);
    return pg.el("div", { class: "tools" }, copy, close);
  }

  /* Expand and collapse neighbours, and the way to another node. */
  function actions(i) {
    const hidden = model.foldedAround(i).length;
    const leaves = model.leavesOf(i).length;
    const row = pg.el("div", { class: "acts" });
    if (hidden || app.source.more?.(model.nodes[i]))
      row.append(pg.el("button", { type: "button", id: "expand", onclick: () => app.expand(i) }, hidden ? `Expand ${pg.some(hidden, "neighbour")}` : "Expand"));
    if (leaves) row.append(pg.el("button", { type: "button", id: "collapse", onclick: () => app.collapse(i) }, `Collapse ${pg.some(leaves, "neighbour")}`));
    row.append(
      pg.finder(model, {
        label: `Path from ${model.nodes[i].label} to`,
        placeholder: "Path to …",
        only: (k) => k !== i && model.nodes[k].shown,
        onTake: (k) => app.showPath(i, k),
      }),
    );
    return row;
  }

  /* The hardware above a node, one line a parent up to the top. */
  function trails(i) {
    const up = (k) => model.nodes[k].edges.map((j) => model.edges[j]).filter((e) => e.predicate === "broader" && e.from === k).map((e) => e.to);
    const lines = [];
    const climb = (way) => {
      const next = up(way.at(-1)).filter((k) => !way.includes(k));
      if (!next.length && way.length > 1) lines.push(way);
      else for (const k of next) if (lines.length < 4) climb([...way, k]);
    };
    climb([i]);
    const longest = lines.filter((way) => !lines.some((other) => other !== way && other.length > way.length && way.every((k) => other.includes(k))));
    return longest.map((way) =>
      pg.el("p", { class: "trail" }, ...way.slice(1).reverse().flatMap((k, n) => [n ? " › " : null, nodeButton(k)])),
    );
  }

  function nodePanel(i) {
    const n = model.nodes[i];
    const terms = [];
    const term = (name, ...value) => value.length && terms.push(pg.el("dt", {}, name), pg.el("dd", { class: "text" }, ...value));
    if (n.type === "Paper") {
      const paper = model.papers[n.papers[0]];
      if (pg.webAddress(paper.url)) term("Read it", pg.link(paper.url, new URL(paper.url).hostname));
      term("Date", paper.date ?? "no date");
    }
    const aliases = n.aliases.filter((a) => a !== n.label);
    if (aliases.length) term("Also called", aliases.join(", "));
    if (n.vendor) term("Vendor", n.vendor);
    if (n.class) term("Class", n.class);
    const above = trails(i);
    if (above.length) term("Within", ...above);
    if (n.links?.length) term("Links", ...n.links.map((address) => pg.link(address, new URL(address).hostname)));
    if (n.unnamed) term("Named by", "no paper; from the hardware catalogue");
    const out = [
      tools(),
      pg.el("p", { class: "kind soft" }, pg.glyph(...style(i)), n.type),
      pg.el("h2", { class: "text", tabindex: "-1" }, n.label),
    ];
    if (terms.length) out.push(pg.el("dl", {}, ...terms));
    out.push(actions(i));

    if (n.results.length) {
      const best = [...n.results].sort((a, b) => model.results[b].confidence - model.results[a].confidence);
      out.push(section("Figures reported", best.length, ...pg.growing(best, 4, (r) => resultItem(model.results[r]), "figures")));
    }
    const groups = new Map();
    for (const j of n.edges) {
      const e = model.edges[j];
      if (model.filters.relations.has(e.predicate) || (e.facts.length && !e.visible.length)) continue;
      const [out_, in_] = pg.RELATION_TITLES[e.predicate] ?? [`${pg.words(e.predicate)} …`, `… ${pg.words(e.predicate)} this`];
      const title = e.from === i ? out_ : in_;
      if (!groups.has(title)) groups.set(title, []);
      groups.get(title).push(j);
    }
    for (const [title, list] of groups) {
      const label = (j) => model.nodes[model.otherEnd(model.edges[j], i)].label;
      list.sort((a, b) => model.edges[b].visible.length - model.edges[a].visible.length || pg.collator.compare(label(a), label(b)));
      const make = (j) => {
        const e = model.edges[j];
        const other = model.otherEnd(e, i);
        const facts = e.facts.length ? pg.some(e.visible.length, "sentence") : "catalogue";
        const open = pg.el("button", { type: "button", class: "plain number", onclick: () => app.choose({ edge: j }) }, facts);
        open.setAttribute("aria-label", `${facts} about ${model.nodes[other].label}`);
        return pg.el("li", { class: "row" }, pg.glyph(...style(other)), nodeButton(other), open);
      };
      out.push(section(title, list.length, ...pg.growing(list, 8, make, "relations")));
    }
    if (n.papers.length && n.type !== "Paper") {
      out.push(section("Papers", n.named ?? n.papers.length, ...pg.growing(n.papers, 6, paperLine, "papers")));
      if (n.named > n.papers.length) out.push(pg.el("p", { class: "soft" }, `The newest ${pg.count(n.papers.length)} are on this page.`));
    }
    return out;
  }

  function source(fact) {
    const { title, url, date } = model.papers[fact.paper];
    return pg.el("p", { class: "source" }, pg.link(url, title), pg.el("span", { class: "soft" }, ` · ${date ?? "no date"}`));
  }

  function confidence(share) {
    const sure = pg.el("span", { class: "sure", "aria-hidden": "true" }, pg.el("i"));
    sure.firstChild.style.width = pg.percent(Math.min(1, Math.max(0, share)));
    return pg.el("li", {}, sure, `${pg.percent(share)} confidence`);
  }

  function resultItem(result) {
    const about = ["method", "baseline", "hardware", "dataset"]
      .filter((name) => result[name] !== undefined)
      .map((name) => pg.el("li", {}, `${name}: `, nodeButton(result[name])));
    const metric = result.metric === undefined ? null : nodeButton(result.metric);
    return pg.el(
      "li",
      { class: "fact" },
      pg.el("p", { class: "figure text" }, pg.el("strong", {}, result.text), metric && " ", metric),
      pg.marked(result.sentence, result.marks),
      source(result),
      pg.el("ul", { class: "tags" }, ...about, confidence(result.confidence)),
    );
  }

  function factItem(fact) {
    const tags = [
      confidence(fact.confidence),
      pg.el("li", { class: "text" }, `in the ${fact.field}, ${fact.start}–${fact.end}`),
      pg.el("li", { class: "text" }, `found by ${fact.extractor}`),
    ];
    if (fact.devices !== undefined) tags.push(pg.el("li", {}, pg.some(fact.devices, "device")));
    if (fact.outperforms) tags.push(pg.el("li", {}, "claims to be better"));
    for (const figure of fact.figures ?? []) tags.push(pg.el("li", { class: "text" }, figure));
    return pg.el("li", { class: "fact" }, pg.marked(fact.sentence, fact.marks), source(fact), pg.el("ul", { class: "tags" }, ...tags));
  }

  function ends(j) {
    const e = model.edges[j];
    const end = (i) => {
      const button = nodeButton(i);
      button.prepend(pg.glyph(...style(i)));
      return button;
    };
    const verb = pg.el("span", { class: "verb text" }, pg.words(e.predicate), e.role ? ` · ${pg.words(e.role)}` : "");
    return [end(e.from), verb, end(e.to)];
  }

  function evidence(e) {
    if (!e.facts.length) return [pg.el("p", { class: "soft" }, "From the hardware catalogue, not from a paper.")];
    const left = (e.count ?? 0) - e.facts.length;
    const note = left > 0 ? pg.el("p", { class: "soft" }, `The surest ${pg.count(e.facts.length)} of ${pg.some(e.count, "sentence")} are on this page.`) : null;
    return [...pg.growing(e.visible, 12, factItem, "sentences"), note];
  }

  function edgePanel(j) {
    const e = model.edges[j];
    const out = [
      tools(),
      pg.el("p", { class: "kind soft" }, "Relation"),
      pg.el("h2", { class: "ends", tabindex: "-1" }, ...ends(j)),
      section("Evidence", e.facts.length ? e.visible.length : null, ...evidence(e)),
    ];
    const beside = model.nodes[e.from].edges.filter(
      (k) => k !== j && (model.edges[k].from === e.to || model.edges[k].to === e.to),
    );
    if (beside.length) {
      const make = (k) => {
        const { from, to, predicate } = model.edges[k];
        const text = `${model.nodes[from].label} ${pg.words(predicate)} ${model.nodes[to].label}`;
        return pg.el("li", { class: "row" }, pg.el("button", { type: "button", class: "plain text", onclick: () => app.choose({ edge: k }) }, text));
      };
      out.push(section("Also between these two", beside.length, ...pg.growing(beside, 12, make, "relations")));
    }
    return out;
  }

  function pathPanel({ from, to, steps }) {
    const out = [
      tools(),
      pg.el("p", { class: "kind soft" }, `Path of ${pg.some(steps.length, "step")}`),
      pg.el("h2", { class: "ends", tabindex: "-1" }, nodeButton(from), pg.el("span", { class: "verb" }, "to"), nodeButton(to)),
    ];
    for (const j of steps) out.push(pg.el("section", {}, pg.el("h3", { class: "ends" }, ...ends(j)), ...evidence({ ...model.edges[j], visible: model.edges[j].visible.slice(0, 1), count: 0 })));
    return out;
  }

  return {
    element: panel,
    draw(chosen) {
      panel.hidden = !chosen;
      if (!chosen) panel.replaceChildren();
      else if (chosen.edge !== undefined) panel.replaceChildren(...edgePanel(chosen.edge).filter(Boolean));
      else if (chosen.path) panel.replaceChildren(...pathPanel(chosen.path));
      else panel.replaceChildren(...nodePanel(chosen.node));
      panel.scrollTop = 0;
    },
  };
};
