"use strict";
/* Saves what is visible: the picture as SVG or PNG, the facts as CSV. */

pg.drawing = (scene) => {
  const { width, height } = scene;
  const root = pg.svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` });
  root.append(pg.svg("rect", { width, height, fill: scene.ground }));
  const lines = pg.svg("g", { "stroke-linecap": "round" });
  for (const { from, to, width: thick, color, bright } of scene.edges) {
    const at = (n) => n.toFixed(1);
    const line = { x1: at(from.x), y1: at(from.y), x2: at(to.x), y2: at(to.y), stroke: color, "stroke-width": thick.toFixed(2) };
    lines.append(pg.svg("line", bright ? line : { ...line, opacity: "0.16" }));
  }
  const marks = pg.svg("g", {});
  for (const { x, y, radius, shape, color, hollow, bright, label } of scene.nodes) {
    if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
    const place = `translate(${(x - radius).toFixed(1)} ${(y - radius).toFixed(1)}) scale(${(radius / 8).toFixed(3)})`;
    const look = hollow ? { fill: scene.ground, stroke: color, "stroke-width": "2" } : { fill: color };
    const mark = pg.svg("path", { d: pg.OUTLINES[shape], transform: place, ...look, ...(bright ? {} : { opacity: "0.16" }) });
    mark.append(pg.svg("title", {}, label));
    marks.append(mark);
  }
  const names = pg.svg("g", {
    "font-family": pg.FONT, "font-size": "12", "text-anchor": "middle", fill: scene.ink, stroke: scene.ground,
    "stroke-width": "4", "stroke-linejoin": "round", "paint-order": "stroke",
  });
  for (const { text, x, y, heavy } of scene.labels)
    names.append(pg.svg("text", { x: x.toFixed(1), y: (y + 11).toFixed(1), ...(heavy ? { "font-weight": "600" } : {}) }, text));
  root.append(lines, marks, names);
  // XML has no control characters; a lone surrogate is no character at all.
  return new XMLSerializer().serializeToString(root).toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
};

pg.picture = async (scene, times = 2) => {
  const address = URL.createObjectURL(new Blob([pg.drawing(scene)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(scene.width * times, scene.height * times);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: "image/png" });
  } finally {
    URL.revokeObjectURL(address);
  }
};

pg.CSV_COLUMNS = [
  "from", "from_type", "relation", "role", "to", "to_type", "sentence", "paper", "title", "date", "link", "confidence", "extractor",
];

/* Lines as spreadsheets read them. A text that a spreadsheet would run as a formula gets an apostrophe in front. */
pg.csv = (rows) => {
  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value).toWellFormed();
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
};

pg.factRows = (model) => [
  pg.CSV_COLUMNS,
  ...model.visibleFacts().map(({ j, fact }) => {
    const e = model.edges[j];
    const [from, to] = [model.nodes[e.from], model.nodes[e.to]];
    const paper = fact && model.papers[fact.paper];
    return [
      from.label, from.type, e.predicate, e.role, to.label, to.type, fact?.sentence, paper?.id, paper?.title, paper?.date,
      paper?.url, fact?.confidence, fact?.extractor ?? "hardware catalogue",
    ];
  }),
];

pg.save = (name, blob) => {
  const address = URL.createObjectURL(blob);
  pg.el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

pg.exporting = async (app, kind) => {
  const name = `${document.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "graph"}.${kind}`;
  if (kind === "csv") pg.save(name, new Blob([pg.csv(pg.factRows(app.model))], { type: "text/csv" }));
  else if (kind === "svg") pg.save(name, new Blob([pg.drawing(app.canvas.scene())], { type: "image/svg+xml" }));
  else pg.save(name, await pg.picture(app.canvas.scene()));
};
