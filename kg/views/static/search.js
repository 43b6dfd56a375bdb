"use strict";
/* A field that finds nodes by name or alias, with a list to choose from (the ARIA combobox pattern). */

pg.serial = 0;

/* onTake is told the number of the node that was chosen; onFound the id of one that only the source knows. */
pg.finder = (model, { label, placeholder, onTake, onFound, source, only = () => true, before = [], after = [] }) => {
  const name = `find-${(pg.serial += 1)}`;
  const field = pg.el("input", {
    type: "text", role: "combobox", "aria-label": label, "aria-expanded": "false", "aria-controls": `${name}-list`,
    "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder,
  });
  const offers = pg.el("ul", { class: "offers", id: `${name}-list`, role: "listbox", "aria-label": "Matching nodes", hidden: true });
  let found = [];
  let active = -1;
  let asked = 0;

  /* "zero infinity" finds ZeRO-Infinity: hyphens and the like are spaces. */
  const spaced = (text) => pg.plain(text).replace(/[\s\p{Pd}_/]+/gu, " ").trim();

  /* 0: the name itself, 1: begins with it, 2: a word begins with it, 3: inside, 4: all words are in it, 5: "gpt4" in GPT-4o;
     aliases after. */
  function rankOf(names, query) {
    const [words, tight] = [query.split(" "), query.replaceAll(" ", "")];
    let best = Infinity;
    names.forEach((text, k) => {
      const place = text.indexOf(query);
      let rank = Infinity;
      if (text === query) rank = 0;
      else if (place === 0) rank = 1;
      else if (place > 0) rank = /[\p{L}\p{N}]/u.test(text[place - 1]) ? 3 : 2;
      else if (words.every((word) => text.includes(word))) rank = 4;
      else if (text.replaceAll(" ", "").includes(tight)) rank = 5;
      best = Math.min(best, rank + (k ? 0.5 : 0));
    });
    return best;
  }

  function search(text) {
    const query = spaced(text);
    if (!query) return [];
    return model.byDegree
      .map((i) => {
        const n = model.nodes[i];
        n.plain ??= [n.label, ...n.aliases].map(spaced);
        return { i, rank: only(i) ? rankOf(n.plain, query) : Infinity };
      })
      .filter(({ rank }) => rank < Infinity)
      .sort((a, b) => a.rank - b.rank)
      .slice(0, 8)
      .map(({ i }) => i);
  }

  function offer() {
    found = search(field.value);
    show();
    if (source?.search && field.value.trim()) ask(field.value);
  }

  /* What the source knows beside what is on this page. */
  async function ask(text) {
    const turn = (asked += 1);
    await new Promise((resolve) => setTimeout(resolve, 120));
    if (turn !== asked) return;
    const more = await source.search(text);
    if (turn !== asked || field.value !== text) return;
    found = [...found, ...more.filter(({ id }) => !model.numberOfNode.has(id))].slice(0, 10);
    show();
  }

  function show() {
    active = found.length ? 0 : -1;
    const items = found.map((i, k) => {
      const n = typeof i === "number" ? model.nodes[i] : { label: i.name, type: i.type, folded: true, unnamed: i.type === "Hardware" && !i.papers };
      const item = pg.el(
        "li",
        { role: "option", id: `${name}-${k}`, "aria-selected": String(k === active) },
        pg.glyph(model.types.get(n.type), { hollow: n.unnamed }),
        pg.el("span", { class: "name text" }, n.label),
        pg.el("span", { class: "number" }, n.folded ? "not drawn yet" : n.type),
      );
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(k));
      return item;
    });
    if (!items.length) items.push(pg.el("li", { class: "none" }, "Nothing by that name"));
    offers.replaceChildren(...items);
    open(field.value.trim() !== "");
  }

  function open(yes) {
    offers.hidden = !yes;
    field.setAttribute("aria-expanded", String(yes));
    point();
  }

  function point() {
    [...offers.children].forEach((item, k) => {
      if (found.length) item.setAttribute("aria-selected", String(k === active));
    });
    if (!offers.hidden && active >= 0) {
      field.setAttribute("aria-activedescendant", `${name}-${active}`);
      offers.children[active].scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function take(k) {
    const node = found[k];
    field.value = "";
    open(false);
    if (typeof node === "number") onTake(node);
    else onFound(node.id);
  }

  field.addEventListener("input", offer);
  field.addEventListener("focus", () => field.value.trim() && offer());
  field.addEventListener("blur", () => open(false));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length && field.value.trim()) {
      if (offers.hidden) open(true);
      else active = (active + step + found.length) % found.length;
      point();
      event.preventDefault();
    } else if (event.key === "Enter" && !offers.hidden && active >= 0) {
      take(active);
      event.preventDefault();
    } else if (event.key === "Escape" && (!offers.hidden || field.value)) {
      field.value = "";
      open(false);
      event.stopPropagation();
    } else if (event.key === "Escape") {
      field.blur();
    }
  });
  return pg.el("div", { class: "finder" }, ...before, field, ...after, offers);
};
