"use strict";
/* The picture: vis-network draws nodes and lines where the data says; names, the chosen part and the search for what
   lies under the pointer are done here, because they have to be quick with thousands of nodes. */

pg.FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";
pg.SPACING = 60; // the room of a node in canvas units, as kg/views/layout.py has it

pg.Canvas = class {
  constructor(model, box, panel) {
    this.model = model;
    this.box = box;
    this.panel = panel;
    this.chosen = null; // {node} or {edge}: what has a ring
    this.lit = null; // {nodes: Set, edges: [..]}: what stays bright, all else is dimmed
    this.drawn = []; // the names of the last drawing
    this.fitScale = 1;
    this.widths = new Map();
    this.scale = 1;
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.probe = pg.el("span", { hidden: true });
    document.body.append(this.probe);
    this.pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    this.readColors();
    // A high, narrow window gets the picture turned on its side.
    this.turned = box.clientHeight > box.clientWidth * 1.15;
    if (this.turned) this.turn();
    const many = model.edges.length > 5000;
    this.data = { nodes: new vis.DataSet(), edges: new vis.DataSet() };
    this.held = { nodes: new Set(), edges: new Set() };
    this.hold();
    this.network = new vis.Network(box, this.data, {
      physics: { enabled: false },
      layout: { improvedLayout: false },
      nodes: { chosen: false, font: { size: 0 } },
      edges: { smooth: false, chosen: false },
      interaction: { dragNodes: false, hideEdgesOnDrag: many, hideEdgesOnZoom: many, selectable: false, zoomSpeed: 0.8 },
    });
    this.canvas = box.querySelector("canvas");
    box.firstElementChild.removeAttribute("tabindex");
    box.firstElementChild.setAttribute("aria-hidden", "true"); // the box itself has a name, and says where one is
    this.network.on("beforeDrawing", () => this.measure());
    this.network.on("afterDrawing", (ctx) => {
      if (this.lit) this.drawLit(ctx);
      if (this.chosen?.edge !== undefined) this.drawVerb(ctx);
      this.drawLabels(ctx);
      this.ondrawn?.();
    });
  }

  /* On its side, and as high as the window allows. */
  turn() {
    const placed = this.model.nodes.filter((n) => n.x !== undefined);
    for (const n of placed) [n.x, n.y] = [n.y, n.x];
    const extent = (of) => placed.reduce((most, n) => Math.max(most, n[of]), 0) - placed.reduce((least, n) => Math.min(least, n[of]), 0);
    const wanted = (this.box.clientHeight / this.box.clientWidth) * (extent("x") / Math.max(1, extent("y")));
    const stretch = Math.min(1.5, Math.max(1, wanted));
    for (const n of placed) n.y = Math.round(n.y * stretch);
  }

  // ---- Colours ----

  /* A colour of the style sheet as the canvas and a saved drawing take it. */
  paint(value) {
    this.probe.style.color = value;
    this.pixel.fillStyle = getComputedStyle(this.probe).color;
    this.pixel.fillRect(0, 0, 1, 1);
    return `#${[...this.pixel.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v.toString(16).padStart(2, "0")).join("")}`;
  }

  readColors() {
    this.colors = Object.fromEntries(
      ["ground", "ink", "soft", "edge", "hierarchy"].map((name) => [name, this.paint(`var(--${name})`)]),
    );
    this.colors.types = Object.fromEntries([...this.model.types.values()].map((t) => [t.name, this.paint(pg.shade(t))]));
  }

  recolor() {
    this.readColors();
    this.data.nodes.update([...this.held.nodes].map((i) => this.visNode(i)));
    this.data.edges.update([...this.held.edges].map((j) => this.visEdge(j)));
    this.network.redraw();
  }

  // ---- What vis-network holds ----

  visNode(i) {
    const n = this.model.nodes[i];
    const color = this.colors.types[n.type];
    return {
      id: i, x: n.x, y: n.y, shape: this.model.types.get(n.type).shape, hidden: !n.shown, size: this.sizeOf(i),
      color: { background: n.unnamed ? this.colors.ground : color, border: color }, borderWidth: n.unnamed ? 1.6 : 0,
    };
  }

  visEdge(j) {
    const e = this.model.edges[j];
    const color = e.predicate === "broader" ? this.colors.hierarchy : this.colors.edge;
    return { id: j, from: e.from, to: e.to, hidden: !e.shown, color: { color, inherit: false }, width: this.widthOf(j) };
  }

  /* Give vis-network what is placed by now, and what is hidden. */
  hold() {
    const { model, held } = this;
    this.shownCount = model.nodes.reduce((sum, n) => sum + (n.shown && n.x !== undefined ? 1 : 0), 0);
    this.findUnit();
    const nodes = [...model.nodes.keys()].filter((i) => {
      const n = model.nodes[i];
      return n.x !== undefined && (!held.nodes.has(i) || n.hidden === n.shown);
    });
    for (const i of nodes) model.nodes[i].hidden = !model.nodes[i].shown;
    if (nodes.length) this.data.nodes.update(nodes.map((i) => this.visNode(i)));
    for (const i of nodes) held.nodes.add(i);
    const edges = [...model.edges.keys()].filter((j) => {
      const e = model.edges[j];
      return held.nodes.has(e.from) && held.nodes.has(e.to) && (!held.edges.has(j) || e.hidden === e.shown);
    });
    for (const j of edges) model.edges[j].hidden = !model.edges[j].shown;
    if (edges.length) this.data.edges.update(edges.map((j) => this.visEdge(j)));
    for (const j of edges) held.edges.add(j);
    this.measured = undefined; // the sizes are found anew
  }

  /* Find places for nodes that have none, near the node they belong to, where nothing stands. */
  place(list, centre) {
    const { nodes } = this.model;
    const taken = new Set();
    const cell = (x, y) => `${Math.round(x / pg.SPACING)},${Math.round(y / pg.SPACING)}`;
    for (const n of nodes) if (n.x !== undefined && n.shown) taken.add(cell(n.x, n.y));
    const { x, y } = nodes[centre];
    let [ring, step] = [1, 0];
    for (const i of list.filter((k) => nodes[k].x === undefined)) {
      for (;;) {
        const around = 6 * ring;
        const angle = (2 * Math.PI * step) / around + ring;
        const spot = { x: Math.round(x + Math.cos(angle) * ring * pg.SPACING), y: Math.round(y + Math.sin(angle) * ring * pg.SPACING) };
        step += 1;
        if (step === around) [ring, step] = [ring + 1, 0];
        if (taken.has(cell(spot.x, spot.y))) continue;
        taken.add(cell(spot.x, spot.y));
        Object.assign(nodes[i], spot);
        break;
      }
    }
  }

  // ---- Sizes. On the screen nodes grow with the square root of the zoom, so zooming in makes room. ----

  radiusOf(i) {
    const n = this.model.nodes[i];
    const grown = Math.min(14, 2 + 1.15 * Math.sqrt(n.edges.length)) * (n.unnamed ? 0.85 : 1);
    return grown * ({ square: 0.88, diamond: 1.1, star: 1.25, triangle: 1.05, triangleDown: 1.05 }[this.model.types.get(n.type).shape] ?? 1);
  }

  sizeOf(i) {
    return (this.radiusOf(i) * this.unit) / this.scale;
  }

  widthOf(j) {
    const e = this.model.edges[j];
    const width = e.facts.length ? Math.min(2.6, 0.8 + 0.45 * Math.log2(e.facts.length)) : 1.3;
    return (width * Math.min(1.6, this.unit)) / this.scale;
  }

  /* How large things are on the screen: less where it is crowded, more when zoomed in. */
  findUnit() {
    const room = Math.sqrt((this.box.clientWidth * this.box.clientHeight) / Math.max(1, this.shownCount));
    const zoom = Math.max(0.05, this.scale / this.fitScale);
    this.unit = Math.min(1.4, Math.max(0.5, room / 44)) * Math.min(2.6, zoom ** 0.5);
  }

  /* Written straight into vis-network's objects: its own update takes far too long for that. */
  measure() {
    const scale = this.network.getScale();
    const key = `${scale.toPrecision(3)} ${this.fitScale.toPrecision(3)} ${this.shownCount}`;
    if (key === this.measured) return;
    this.measured = key;
    this.scale = scale;
    this.findUnit();
    for (const i of this.held.nodes) {
      const { options } = this.network.body.nodes[i];
      options.size = this.sizeOf(i);
      if (options.borderWidth) options.borderWidth = 1.5 / scale;
    }
    for (const j of this.held.edges) this.network.body.edges[j].options.width = this.widthOf(j);
  }

  // ---- Names under the nodes, at one size on the screen. The best connected come first; a name that would touch a
  // name or a larger node is left out. Zooming in makes room for more. ----

  textWidth(ctx, text, bold) {
    const key = bold ? `*${text}` : text;
    if (!this.widths.has(key)) this.widths.set(key, ctx.measureText(text).width);
    return this.widths.get(key);
  }

  labelOrder() {
    const { nodes } = this.model;
    if (this.orderedFor !== nodes.length) {
      const worth = nodes.map((n) => n.edges.length * ({ Paper: 0.35, Metric: 0.7 }[n.type] ?? 1) * (n.unnamed ? 0.6 : 1));
      this.order = nodes.map((_, i) => i).sort((a, b) => worth[b] - worth[a] || a - b);
      this.orderedFor = nodes.length;
    }
    return this.order;
  }

  drawLabels(ctx) {
    const { model, lit, chosen } = this;
    const ratio = this.canvas.width / this.canvas.clientWidth;
    const scale = this.network.getScale();
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    const most = ((width * height) / 15000) * Math.max(1, scale / this.fitScale) ** 2;
    const order = lit ? [...lit.nodes] : this.labelOrder();
    // Strips of the screen -> boxes of what stands there: names and large nodes; small nodes, which only the
    // names of the best connected may cover.
    const [taken, dots] = [new Map(), new Map()];
    const strips = (top, bottom) => {
      const found = [];
      for (let k = Math.floor(top / 8); k <= Math.floor(bottom / 8); k++) found.push(k);
      return found;
    };
    const reserve = (map, left, right, top, bottom) => {
      for (const k of strips(top, bottom)) {
        if (!map.has(k)) map.set(k, []);
        map.get(k).push([left, right, top, bottom]);
      }
    };
    const within = (map, left, right, top, bottom) =>
      strips(top, bottom).some((k) => (map.get(k) ?? []).some(([l, r, t, b]) => right >= l && left <= r && bottom >= t && top <= b));
    const free = (edges, leading) => !within(taken, ...edges) && (leading || !within(dots, ...edges));
    const spots = [];
    for (const i of order) {
      const n = model.nodes[i];
      if (!n.shown || n.x === undefined) continue;
      const { x, y } = this.network.canvasToDOM(n);
      if (x < -10 || x > width + 10 || y < -30 || y > height + 20) continue;
      const radius = this.sizeOf(i) * scale;
      if (spots.length > 4 * most) break;
      spots.push({ i, x, y, radius });
      reserve(spots.length <= 24 ? taken : dots, x - radius, x + radius, y - radius, y + radius);
    }
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.strokeStyle = this.colors.ground;
    this.drawn = [];
    for (const [rank, { i, x, y, radius }] of spots.entries()) {
      if (!lit && this.drawn.length >= most) break;
      const main = chosen && (chosen.node === i || (chosen.edge !== undefined && lit.nodes.has(i)));
      const text = pg.short(model.nodes[i].label, main ? 44 : 26);
      const heavy = main || model.nodes[i].edges.length > 14;
      ctx.font = `${main ? "600 14px" : heavy ? "600 12px" : "12px"} ${pg.FONT}`;
      const half = this.textWidth(ctx, text, heavy) / 2 + 4;
      const ring = main && chosen.node === i ? 8 : 0;
      const under = y + radius + 3 + ring;
      const over = y - radius - 17 - ring;
      const middle = Math.max(half, Math.min(width - half, x)); // not cut off at a side
      const fits = (t) => free([middle - half, middle + half, t, t + 14], lit || rank < 40);
      const top = [under, over].find(fits) ?? (main ? under : undefined);
      if (top === undefined) continue;
      reserve(taken, middle - half, middle + half, top, top + 14);
      this.drawn.push({ i, text, x: middle, y: top, left: middle - half, right: middle + half, top, bottom: top + 14, heavy });
      ctx.fillStyle = this.colors.ink;
      ctx.strokeText(text, middle, top);
      ctx.fillText(text, middle, top);
    }
    ctx.restore();
  }

  /* While something is lit, a veil dims the whole picture and what belongs to it is drawn again on top. That takes one
     repaint, where restyling thousands of nodes takes long. */
  drawLit(ctx) {
    const { model, lit, chosen } = this;
    const scale = this.network.getScale();
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 0.84;
    ctx.fillStyle = this.colors.ground;
    ctx.fillRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.restore();
    ctx.save();
    const strong = chosen?.edge !== undefined || lit.path;
    ctx.lineWidth = (strong ? 2.4 : 1.2) / scale;
    for (const j of lit.edges) {
      const e = model.edges[j];
      if (!e.shown) continue;
      const [a, b] = [model.nodes[e.from], model.nodes[e.to]];
      ctx.strokeStyle = e.predicate === "broader" ? this.colors.hierarchy : this.colors.soft;
      ctx.globalAlpha = strong || e.predicate === "broader" ? 1 : 0.7;
      ctx.beginPath();
      ctx.moveTo(a.x, a.y);
      ctx.lineTo(b.x, b.y);
      ctx.stroke();
    }
    ctx.restore();
    for (const i of lit.nodes) {
      const n = model.nodes[i];
      if (!n.shown || !this.held.nodes.has(i)) continue;
      const grow = Math.max(1, 5 / (this.sizeOf(i) * scale)); // never a mere speck
      ctx.save();
      ctx.translate(n.x, n.y);
      ctx.scale(grow, grow);
      ctx.translate(-n.x, -n.y);
      this.network.body.nodes[i].draw(ctx);
      ctx.restore();
    }
    if (chosen?.node === undefined || !model.nodes[chosen.node].shown) return;
    const n = model.nodes[chosen.node];
    ctx.strokeStyle = this.colors.ink;
    ctx.lineWidth = 2 / scale;
    ctx.beginPath();
    ctx.arc(n.x, n.y, Math.max(this.sizeOf(chosen.node), 5 / scale) * 1.15 + 4 / scale, 0, 2 * Math.PI);
    ctx.stroke();
  }

  /* What the chosen relation says, on a small plate in the middle of its line. */
  drawVerb(ctx) {
    const e = this.model.edges[this.chosen.edge];
    const scale = this.network.getScale();
    const [a, b] = [this.model.nodes[e.from], this.model.nodes[e.to]];
    const text = pg.words(e.predicate);
    ctx.save();
    ctx.font = `12px ${pg.FONT}`;
    const width = ctx.measureText(text).width + 12;
    if (Math.hypot(a.x - b.x, a.y - b.y) * scale > width + 60) {
      ctx.translate((a.x + b.x) / 2, (a.y + b.y) / 2);
      ctx.scale(1 / scale, 1 / scale);
      ctx.fillStyle = this.colors.ground;
      ctx.fillRect(-width / 2, -10, width, 20);
      ctx.fillStyle = this.colors.soft;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(text, 0, 0);
    }
    ctx.restore();
  }

  // ---- What lies under the pointer ----

  nodeAt(point, reach) {
    const spot = this.network.DOMtoCanvas(point);
    const slack = reach / this.network.getScale();
    let best = null;
    let bestGap = Infinity;
    for (const i of this.held.nodes) {
      const n = this.model.nodes[i];
      if (!n.shown) continue;
      const distance = Math.hypot(n.x - spot.x, n.y - spot.y);
      if (distance > Math.max(this.sizeOf(i) * 1.1, slack)) continue;
      const gap = distance - (this.lit?.nodes.has(i) ? 2 * slack : 0);
      if (gap < bestGap) [best, bestGap] = [i, gap];
    }
    return best;
  }

  edgeAt(point, reach) {
    const spot = this.network.DOMtoCanvas(point);
    const slack = reach / this.network.getScale();
    const nearest = (list) => {
      let best = null;
      let bestGap = slack;
      for (const j of list) {
        const e = this.model.edges[j];
        if (!e.shown || !this.held.edges.has(j)) continue;
        const [a, b] = [this.model.nodes[e.from], this.model.nodes[e.to]];
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const along = ((spot.x - a.x) * dx + (spot.y - a.y) * dy) / (dx * dx + dy * dy || 1);
        const t = Math.min(1, Math.max(0, along));
        const gap = Math.hypot(a.x + t * dx - spot.x, a.y + t * dy - spot.y);
        if (gap < bestGap) [best, bestGap] = [j, gap];
      }
      return best;
    };
    const first = this.lit ? nearest(this.lit.edges) : null;
    return first !== null ? first : nearest(this.model.edges.keys());
  }

  /* The next shown node in a direction (x, y), for the arrow keys. */
  next(i, x, y) {
    const here = this.model.nodes[i];
    let best = null;
    let bestCost = Infinity;
    for (const k of this.lit?.nodes.size > 1 ? this.lit.nodes : this.held.nodes) {
      const n = this.model.nodes[k];
      if (k === i || !n.shown || n.x === undefined) continue;
      const [dx, dy] = [n.x - here.x, n.y - here.y];
      const ahead = dx * x + dy * y;
      const aside = Math.abs(dx * y - dy * x);
      if (ahead <= 0 || aside > 1.6 * ahead) continue;
      const cost = ahead + 2 * aside;
      if (cost < bestCost) [best, bestCost] = [k, cost];
    }
    return best;
  }

  // ---- Moving the view ----

  get animation() {
    return this.still ? false : { duration: 260, easingFunction: "easeInOutQuad" };
  }

  /* The part of the stage that the panel leaves free. */
  room() {
    const stage = this.box.getBoundingClientRect();
    const cover = this.panel.hidden ? null : this.panel.getBoundingClientRect();
    let [width, height] = [stage.width, stage.height];
    if (cover && cover.width < stage.width * 0.9) width -= Math.max(0, stage.right - cover.left);
    else if (cover) height -= Math.max(0, stage.bottom - cover.top);
    return { width, height, x: (width - stage.width) / 2, y: (height - stage.height) / 2 };
  }

  frame(list, { largest = 1.1, jump = false } = {}) {
    const spots = list.map((i) => this.model.nodes[i]).filter((n) => n.x !== undefined);
    if (!spots.length || !this.box.clientWidth) return undefined;
    const [xs, ys] = [spots.map((n) => n.x), spots.map((n) => n.y)];
    const [left, right] = [xs.reduce((a, b) => Math.min(a, b)) - 20, xs.reduce((a, b) => Math.max(a, b)) + 20];
    const [top, bottom] = [ys.reduce((a, b) => Math.min(a, b)) - 20, ys.reduce((a, b) => Math.max(a, b)) + 20];
    const free = this.room();
    const margin = Math.min(90, free.width / 9); // room for the names at the sides
    const scale = Math.min(largest, (free.width - margin) / (right - left), (free.height - 56) / (bottom - top));
    this.network.moveTo({
      position: { x: (left + right) / 2, y: (top + bottom) / 2 - 4 / scale },
      scale,
      offset: { x: free.x, y: free.y },
      animation: jump ? false : this.animation,
    });
    return scale;
  }

  fitAll(jump) {
    const scale = this.frame(this.model.byDegree.filter((i) => this.model.nodes[i].shown), { largest: 2.4, jump });
    if (scale) this.fitScale = scale;
  }

  zoomBy(factor) {
    const scale = Math.min(6, Math.max(0.02, this.network.getScale() * factor));
    this.network.moveTo({ scale, animation: this.animation });
  }

  /* The neighbourhood if it fits at a readable size, else the node itself in the middle. */
  moveTo(pick, jump) {
    if (pick.edge !== undefined) {
      const e = this.model.edges[pick.edge];
      this.frame([e.from, e.to], { largest: Math.max(1.2, this.fitScale), jump });
      return;
    }
    const here = this.model.nodes[pick.node];
    if (here.x === undefined) return;
    const around = [...this.lit.nodes].map((i) => this.model.nodes[i]).filter((n) => n.shown && n.x !== undefined);
    const far = around.flatMap((n) => [Math.abs(n.x - here.x), Math.abs(n.y - here.y)]);
    const free = this.room();
    const reach = Math.max(60, ...far) * 2 + 120;
    const scale = Math.max(this.fitScale * 1.2, Math.min(free.width, free.height) / reach);
    this.network.moveTo({
      position: { x: here.x, y: here.y },
      scale: Math.min(scale, Math.max(1.2, this.fitScale)),
      offset: { x: free.x, y: free.y },
      animation: jump ? false : this.animation,
    });
  }

  /* After a click on the picture: only move if the panel now lies over what was clicked. */
  uncover(pick) {
    const ends = pick.edge !== undefined ? [this.model.edges[pick.edge].from, this.model.edges[pick.edge].to] : [pick.node];
    const spots = ends.map((i) => this.model.nodes[i]);
    const free = this.room();
    const hidden = spots.some((n) => {
      const dom = this.network.canvasToDOM(n);
      return dom.x > free.width - 16 || dom.y > free.height - 24;
    });
    if (!hidden) return;
    const mean = (of) => spots.reduce((sum, n) => sum + n[of], 0) / spots.length;
    this.network.moveTo({ position: { x: mean("x"), y: mean("y") }, offset: { x: free.x, y: free.y }, animation: this.animation });
  }

  /* What is in the picture now, in pixels of the stage: for a drawing. */
  scene() {
    const { model } = this;
    const scale = this.network.getScale();
    const spot = (i) => this.network.canvasToDOM(model.nodes[i]);
    const lit = (i) => !this.lit || this.lit.nodes.has(i);
    return {
      width: this.canvas.clientWidth,
      height: this.canvas.clientHeight,
      ground: this.colors.ground,
      ink: this.colors.ink,
      edges: [...this.held.edges].filter((j) => model.edges[j].shown).map((j) => {
        const e = model.edges[j];
        const bright = !this.lit || this.lit.edges.includes(j);
        const color = e.predicate === "broader" ? this.colors.hierarchy : this.lit && bright ? this.colors.soft : this.colors.edge;
        return { from: spot(e.from), to: spot(e.to), width: this.widthOf(j) * scale, color, bright };
      }),
      nodes: [...this.held.nodes].filter((i) => model.nodes[i].shown).map((i) => {
        const n = model.nodes[i];
        return {
          ...spot(i), radius: this.sizeOf(i) * scale, shape: model.types.get(n.type).shape, color: this.colors.types[n.type],
          hollow: Boolean(n.unnamed), bright: lit(i), label: n.label,
        };
      }),
      labels: this.drawn,
    };
  }
};
