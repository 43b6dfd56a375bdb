"use strict";
/* Small makers of elements and texts. All text comes from the data and is only ever written as text: through
   textContent, or onto the canvas. Nothing in these scripts builds HTML from strings. */
const pg = {};

pg.at = (id) => document.getElementById(id);
pg.collator = new Intl.Collator("en", { numeric: true });
pg.count = (n) => n.toLocaleString("en");
pg.some = (n, one, many = `${one}s`) => `${pg.count(n)} ${n === 1 ? one : many}`;
pg.words = (name) => name.replace(/[_-]+/g, " ");
pg.percent = (share) => `${Math.round(100 * share)}%`;
pg.plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
pg.short = (text, most) => {
  const chars = Array.from(text.slice(0, 4 * most));
  return chars.length > most ? `${chars.slice(0, most - 1).join("").trimEnd()}…` : text;
};

pg.el = (tag, props = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== undefined) made.append(child);
  return made;
};

pg.svg = (tag, props, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

/* Outlines in a box of 16 by 16, the same shapes that vis-network draws. */
pg.OUTLINES = {
  square: "M2.5 2.5h11v11h-11z",
  diamond: "M8 1 15 8 8 15 1 8z",
  triangle: "M8 1.5 15 14H1z",
  triangleDown: "M8 14.5 1 2h14z",
  star: "M8 .8 10.2 5.6 15.4 6.2 11.5 9.7 12.6 14.9 8 12.3 3.4 14.9 4.5 9.7.6 6.2 5.8 5.6z",
  dot: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z",
};

/* The colour of a type; it stands in base.css. */
pg.shade = (type) => `var(--${type.name.toLowerCase()})`;

pg.glyph = (style, { hollow = false } = {}) => {
  const path = pg.svg("path", { d: pg.OUTLINES[style.shape] });
  path.style[hollow ? "stroke" : "fill"] = pg.shade(style);
  if (hollow) Object.assign(path.style, { fill: "none", strokeWidth: "1.8px" });
  return pg.svg("svg", { class: "glyph", viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
};

/* An address that a link may have: of the web, else null. */
pg.webAddress = (text) => {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
};

pg.link = (address, text) => {
  const href = pg.webAddress(address);
  if (!href) return pg.el("span", { class: "text" }, text);
  return pg.el("a", { class: "text", href, target: "_blank", rel: "noopener noreferrer" }, text);
};

/* A sentence with its marked parts. Offsets count characters as Python does. */
pg.marked = (sentence, marks) => {
  const chars = Array.from(sentence);
  const quote = pg.el("blockquote", { class: "text" });
  const parts = marks
    .map(([start, end], which) => ({ start, end, which }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let done = 0;
  for (const { start, end, which } of parts) {
    if (start < done || end <= start || end > chars.length) continue;
    quote.append(chars.slice(done, start).join(""));
    quote.append(pg.el("mark", { class: which ? "second" : null }, chars.slice(start, end).join("")));
    done = end;
  }
  quote.append(chars.slice(done).join(""));
  return quote;
};

/* A list that starts with a few items and grows when asked to. */
pg.growing = (items, first, make, noun, tag = "ul") => {
  const list = pg.el(tag);
  const more = pg.el("button", { type: "button", class: "more" });
  let shown = 0;
  const grow = (upTo) => {
    for (; shown < Math.min(upTo, items.length); shown++) list.append(make(items[shown]));
    more.hidden = shown >= items.length;
    more.textContent = `Show ${pg.count(Math.min(200, items.length - shown))} more ${noun}`;
  };
  more.addEventListener("click", () => grow(shown + 200));
  grow(first);
  return [list, more];
};
