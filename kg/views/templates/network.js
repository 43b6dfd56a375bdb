"use strict";
/* The network view. All text comes from the data block and is only ever written as text:
   through textContent, or onto the canvas. Nothing here builds HTML from strings. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  const collator = new Intl.Collator("en", { numeric: true });
  const count = (n) => n.toLocaleString("en");
  const some = (n, one) => `${count(n)} ${n === 1 ? one : `${one}s`}`;
  const words = (name) => name.replace(/[_-]+/g, " ");

  // ---- The graph, by number -------------------------------------------------------------
  const { nodes: visNodes, edges: visEdges, options: visOptions } = data.vis;
  const shapeOf = new Map(data.types.map((t) => [t.name, t]));
  const labels = visNodes.map((n) => n.label);
  const nodes = data.nodes.map((n, i) => ({ ...n, label: labels[i], size: visNodes[i].size, edges: [] }));
  const edges = data.edges.map((e, i) => ({ ...e, from: visEdges[i].from, to: visEdges[i].to }));
  edges.forEach((e, i) => {
    nodes[e.from].edges.push(i);
    if (e.to !== e.from) nodes[e.to].edges.push(i);
  });
  const numberOfNode = new Map(nodes.map((n, i) => [n.id, i]));
  const numberOfEdge = new Map(edges.map((e, i) => [e.id, i]));
  const byDegree = nodes.map((_, i) => i).sort((a, b) => nodes[b].edges.length - nodes[a].edges.length || a - b);
  const relations = [...new Set(edges.map((e) => e.predicate))].sort(collator.compare);
  const otherEnd = (edge, node) => (edge.from === node ? edge.to : edge.from);

  // ---- Small helpers --------------------------------------------------------------------
  function el(tag, props = {}, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (key === "class") made.className = value;
      else made.setAttribute(key, value);
    }
    for (const child of children) if (child !== null && child !== undefined) made.append(child);
    return made;
  }

  function svg(tag, props, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(props)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const OUTLINES = {
    square: "M2.5 2.5h11v11h-11z",
    diamond: "M8 1 15 8 8 15 1 8z",
    triangle: "M8 1.5 15 14H1z",
    triangleDown: "M8 14.5 1 2h14z",
    star: "M8 .8 10.2 5.6 15.4 6.2 11.5 9.7 12.6 14.9 8 12.3 3.4 14.9 4.5 9.7.6 6.2 5.8 5.6z",
    hexagon: "M1 8 4.5 2h7L15 8l-3.5 6h-7z",
    dot: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z",
  };
  function glyph(type) {
    const style = shapeOf.get(type);
    const path = svg("path", { d: OUTLINES[style.shape] });
    path.style.fill = `light-dark(${style.color}, color-mix(in srgb, ${style.color} 78%, white))`;
    return svg("svg", { class: "glyph", viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
  }

  function webAddress(text) {
    try {
      const url = new URL(text);
      return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
    } catch {
      return null;
    }
  }

  function paperLink(index) {
    const paper = data.papers[index];
    const href = webAddress(paper.url);
    if (!href) return el("span", { class: "text" }, paper.title);
    return el("a", { class: "text", href, target: "_blank", rel: "noopener noreferrer" }, paper.title);
  }

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const short = (text, most) => {
    const chars = Array.from(text.slice(0, 4 * most));
    return chars.length > most ? `${chars.slice(0, most - 1).join("").trimEnd()}…` : text;
  };

  // ---- State ----------------------------------------------------------------------------
  const off = { types: new Set(), relations: new Set() };
  const nodeShown = new Array(nodes.length).fill(true);
  const edgeShown = new Array(edges.length).fill(true);
  let chosen = null; // {node: number} or {edge: number}
  let lit = null; // {nodes: Set, edges: [..]}: what stays bright while something is chosen

  // ---- Colours of the canvas ------------------------------------------------------------
  const probe = el("span", { hidden: "" });
  document.body.append(probe);
  function paint(value) {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  }
  let colors = {};
  function readColors() {
    const node = (c) => paint(`light-dark(${c}, color-mix(in srgb, ${c} 78%, white))`);
    colors = {
      ground: paint("var(--ground)"),
      ink: paint("var(--ink)"),
      soft: paint("var(--soft)"),
      edge: paint("var(--edge)"),
      accent: paint("var(--accent)"),
      types: Object.fromEntries(data.types.map((t) => [t.name, node(t.color)])),
    };
  }
  function canvasOptions() {
    const groups = {};
    for (const [name, background] of Object.entries(colors.types)) {
      groups[name] = { color: { background, border: background } };
    }
    return { groups, edges: { color: { color: colors.edge, inherit: false } } };
  }

  // ---- The canvas -----------------------------------------------------------------------
  readColors();
  const box = at("graph");
  // A high, narrow window gets the picture turned on its side.
  if (box.clientHeight > box.clientWidth * 1.15) {
    for (const n of visNodes) [n.x, n.y] = [n.y, n.x];
  }
  const place = visNodes.map((n) => ({ x: n.x, y: n.y }));
  // vis-network draws no labels: drawLabels below does, so that none covers another.
  const bare = visNodes.map(({ label, ...rest }) => rest);
  const visData = { nodes: new vis.DataSet(bare), edges: new vis.DataSet(visEdges) };
  const own = canvasOptions();
  const network = new vis.Network(box, visData, {
    ...visOptions,
    groups: own.groups,
    edges: { ...visOptions.edges, ...own.edges },
  });
  const canvas = box.querySelector("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute(
    "aria-label",
    `Network of ${some(nodes.length, "node")} and ${some(edges.length, "relation")}. ` +
      "Use the search field or the table to read it without a pointer.",
  );
  let fitScale = network.getScale();

  /* Nodes and lines grow more slowly than the distances between them, so zooming in makes room.
     Written straight into vis-network's objects: its own update takes far too long for that. */
  let growth = 1;
  const sizeOf = (i) => nodes[i].size * growth;
  network.on("beforeDrawing", () => {
    const wanted = Math.min(1, (fitScale / network.getScale()) ** 0.5);
    if (Math.abs(wanted - growth) < 0.005) return;
    growth = wanted;
    nodes.forEach((_, i) => (network.body.nodes[i].options.size = sizeOf(i)));
    visEdges.forEach((e, j) => (network.body.edges[j].options.width = e.width * growth));
  });

  const LABEL = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";
  let drawn = []; // the labels of the last drawing, for tests
  const widths = new Map();
  function widthOf(ctx, text, bold) {
    const key = bold ? `*${text}` : text;
    let width = widths.get(key);
    if (width === undefined) {
      width = ctx.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  }

  /* Names under the nodes, at one size on screen. The best connected come first; a name that
     would touch one already there is left out. Zooming in makes room for more. */
  function drawLabels(ctx) {
    const ratio = canvas.width / canvas.clientWidth;
    const scale = network.getScale();
    const centre = network.getViewPosition();
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const zoom = scale / fitScale;
    const most = (width < 600 ? 12 : 34) * zoom ** 2.4;
    const order = lit ? [...lit.nodes] : byDegree;
    const taken = new Map(); // strips of the screen -> [left, right] of what stands there
    const strips = (top, bottom) => {
      const found = [];
      for (let k = Math.floor(top / 8); k <= Math.floor(bottom / 8); k++) found.push(k);
      return found;
    };
    const reserve = (left, right, top, bottom) => {
      for (const k of strips(top, bottom)) {
        if (!taken.has(k)) taken.set(k, []);
        taken.get(k).push([left, right]);
      }
    };
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    ctx.lineJoin = "round";
    drawn = [];
    ctx.lineWidth = 4;
    ctx.strokeStyle = colors.ground;
    for (let rank = 0; rank < order.length; rank++) {
      if (!lit && rank >= most) break;
      const i = order[rank];
      if (!nodeShown[i]) continue;
      const x = (place[i].x - centre.x) * scale + width / 2;
      const y = (place[i].y - centre.y) * scale + height / 2;
      if (x < -80 || x > width + 80 || y < -30 || y > height + 20) continue;
      const main = chosen && (chosen.node === i || (chosen.edge !== undefined && lit.nodes.has(i)));
      const text = short(nodes[i].label, main ? 60 : 26);
      ctx.font = `${main ? "600 14px" : "12px"} ${LABEL}`;
      const half = widthOf(ctx, text, main) / 2 + 5;
      const top = y + sizeOf(i) * scale + (chosen && chosen.node === i ? 11 : 3);
      const free = strips(top, top + 15).every((k) =>
        (taken.get(k) ?? []).every(([left, right]) => x + half < left || x - half > right),
      );
      if (!free) continue;
      reserve(x - half, x + half, top, top + 15);
      drawn.push({ text, left: x - half, right: x + half, top, bottom: top + 15 });
      const radius = sizeOf(i) * scale;
      reserve(x - radius, x + radius, y - radius, y + radius);
      ctx.fillStyle = main || lit || rank < 60 ? colors.ink : colors.soft;
      ctx.strokeText(text, x, top);
      ctx.fillText(text, x, top);
    }
    ctx.restore();
  }

  /* While something is chosen, a veil dims the whole picture and what belongs to the choice is
     drawn again on top. That takes one repaint, where restyling thousands of nodes takes long. */
  function drawChoice(ctx) {
    const scale = network.getScale();
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 0.84;
    ctx.fillStyle = colors.ground;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.restore();
    ctx.save();
    ctx.strokeStyle = colors.soft;
    ctx.globalAlpha = chosen.edge !== undefined ? 1 : 0.75;
    ctx.lineWidth = (chosen.edge !== undefined ? 2.2 : 1.2) / scale;
    ctx.beginPath();
    for (const j of lit.edges) {
      if (!edgeShown[j]) continue;
      ctx.moveTo(place[edges[j].from].x, place[edges[j].from].y);
      ctx.lineTo(place[edges[j].to].x, place[edges[j].to].y);
    }
    ctx.stroke();
    ctx.restore();
    for (const i of lit.nodes) {
      if (!nodeShown[i]) continue;
      const grow = Math.max(1, 5 / (sizeOf(i) * scale)); // never a mere speck
      ctx.save();
      ctx.translate(place[i].x, place[i].y);
      ctx.scale(grow, grow);
      ctx.translate(-place[i].x, -place[i].y);
      network.body.nodes[i].draw(ctx);
      ctx.restore();
    }
    const ringed = chosen.edge !== undefined ? [] : [chosen.node];
    ctx.strokeStyle = colors.accent;
    ctx.lineWidth = 2 / scale;
    for (const i of ringed) {
      ctx.beginPath();
      ctx.arc(place[i].x, place[i].y, Math.max(sizeOf(i), 5 / scale) * 1.15 + 4 / scale, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }

  /* What the chosen relation says, on a small plate in the middle of its line. */
  function drawVerb(ctx) {
    const e = edges[chosen.edge];
    const scale = network.getScale();
    const [a, b] = [place[e.from], place[e.to]];
    const text = words(e.predicate);
    ctx.save();
    ctx.font = `12px ${LABEL}`;
    const width = ctx.measureText(text).width + 12;
    if (Math.hypot(a.x - b.x, a.y - b.y) * scale > width + 60) {
      ctx.translate((a.x + b.x) / 2, (a.y + b.y) / 2);
      ctx.scale(1 / scale, 1 / scale);
      ctx.fillStyle = colors.ground;
      ctx.fillRect(-width / 2, -10, width, 20);
      ctx.fillStyle = colors.soft;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(text, 0, 0);
    }
    ctx.restore();
  }

  network.on("afterDrawing", (ctx) => {
    if (chosen) drawChoice(ctx);
    if (chosen && chosen.edge !== undefined) drawVerb(ctx);
    drawLabels(ctx);
    if (root.dataset.ready === undefined) root.dataset.ready = String(Math.round(performance.now()));
  });

  // ---- Finding what lies under the pointer ----------------------------------------------
  function nodeAt(point, reach) {
    const spot = network.DOMtoCanvas(point);
    const slack = reach / network.getScale();
    let best = null;
    let bestGap = Infinity;
    for (let i = 0; i < nodes.length; i++) {
      if (!nodeShown[i]) continue;
      const distance = Math.hypot(place[i].x - spot.x, place[i].y - spot.y);
      if (distance > Math.max(sizeOf(i) * 1.1, slack)) continue;
      const gap = distance - (lit && lit.nodes.has(i) ? 2 * slack : 0);
      if (gap < bestGap) [best, bestGap] = [i, gap];
    }
    return best;
  }

  function edgeAt(point, reach) {
    const spot = network.DOMtoCanvas(point);
    const slack = reach / network.getScale();
    const nearest = (list) => {
      let best = null;
      let bestGap = slack;
      for (const j of list) {
        if (!edgeShown[j]) continue;
        const a = place[edges[j].from];
        const b = place[edges[j].to];
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const along = ((spot.x - a.x) * dx + (spot.y - a.y) * dy) / (dx * dx + dy * dy || 1);
        const t = Math.min(1, Math.max(0, along));
        const gap = Math.hypot(a.x + t * dx - spot.x, a.y + t * dy - spot.y);
        if (gap < bestGap) [best, bestGap] = [j, gap];
      }
      return best;
    };
    const first = lit ? nearest(lit.edges) : null;
    return first !== null ? first : nearest(edges.keys());
  }

  const coarse = matchMedia("(pointer: coarse)").matches;
  network.on("click", ({ pointer }) => {
    const node = nodeAt(pointer.DOM, coarse ? 18 : 9);
    if (node !== null) return choose({ node }, { quiet: true });
    const edge = edgeAt(pointer.DOM, coarse ? 10 : 5);
    return choose(edge === null ? null : { edge }, { quiet: true });
  });

  const tip = at("tip");
  let pending = null;
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons) {
      tip.hidden = true;
      return;
    }
    const waiting = pending !== null;
    pending = { x: event.offsetX, y: event.offsetY };
    if (!waiting) requestAnimationFrame(showTip);
  });
  box.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  function showTip() {
    const point = pending;
    pending = null;
    const i = nodeAt(point, 9);
    const j = i === null ? edgeAt(point, 5) : null;
    box.classList.toggle("over", i !== null || j !== null);
    tip.hidden = i === null && (j === null || !(lit && lit.edges.includes(j)));
    if (tip.hidden) return;
    if (i !== null) {
      const n = nodes[i];
      tip.textContent = `${short(n.label, 90)} · ${n.type} · ${some(n.edges.length, "relation")}`;
    } else {
      const e = edges[j];
      tip.textContent = `${short(labels[e.from], 40)} ${words(e.predicate)} ${short(labels[e.to], 40)}`;
    }
    const left = Math.min(point.x + 14, box.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, point.y - tip.offsetHeight - 10)}px`;
  }

  // ---- Moving the view ------------------------------------------------------------------
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const animation = still ? false : { duration: 260, easingFunction: "easeInOutQuad" };
  const panel = at("panel");

  /* The part of the stage the panel leaves free. */
  function room() {
    const stage = box.getBoundingClientRect();
    const cover = panel.hidden ? null : panel.getBoundingClientRect();
    let [width, height] = [stage.width, stage.height];
    if (cover && cover.width < stage.width * 0.9) width -= Math.max(0, stage.right - cover.left);
    else if (cover) height -= Math.max(0, stage.bottom - cover.top);
    return { width, height, x: (width - stage.width) / 2, y: (height - stage.height) / 2 };
  }

  function frame(list, { largest = 1.1, smallest = 0, jump = false } = {}) {
    if (!list.length || !box.clientWidth) return;
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const i of list) {
      left = Math.min(left, place[i].x - nodes[i].size);
      right = Math.max(right, place[i].x + nodes[i].size);
      top = Math.min(top, place[i].y - nodes[i].size);
      bottom = Math.max(bottom, place[i].y + nodes[i].size);
    }
    const free = room();
    const wanted = Math.min((free.width - 48) / (right - left), (free.height - 64) / (bottom - top));
    const scale = Math.max(smallest, Math.min(largest, wanted));
    network.moveTo({
      position: { x: (left + right) / 2, y: (top + bottom) / 2 - 8 / scale },
      scale,
      offset: { x: free.x, y: free.y },
      animation: jump ? false : animation,
    });
    return scale;
  }

  const shownNodes = () => byDegree.filter((i) => nodeShown[i]);
  function fitAll(jump) {
    const scale = frame(shownNodes(), { largest: 1.4, jump });
    if (scale) fitScale = scale;
  }
  const zoomBy = (factor) =>
    network.moveTo({ scale: Math.min(6, Math.max(0.02, network.getScale() * factor)), animation });
  at("zoom-in").addEventListener("click", () => zoomBy(1.5));
  at("zoom-out").addEventListener("click", () => zoomBy(1 / 1.5));
  at("zoom-fit").addEventListener("click", () => fitAll(false));

  function moveToChoice(jump) {
    if (chosen.edge !== undefined) {
      const e = edges[chosen.edge];
      frame([e.from, e.to], { largest: 1.2, jump });
      return;
    }
    // The neighbourhood if it fits at a readable size, else the node itself in the middle.
    const around = [...lit.nodes].filter((i) => nodeShown[i]);
    const here = place[chosen.node];
    const far = around.flatMap((i) => [Math.abs(place[i].x - here.x), Math.abs(place[i].y - here.y)]);
    const free = room();
    const reach = Math.max(60, ...far) * 2 + 120;
    const scale = Math.max(fitScale * 1.2, Math.min(1.1, Math.min(free.width, free.height) / reach));
    network.moveTo({
      position: here,
      scale: Math.min(scale, 1.2),
      offset: { x: free.x, y: free.y },
      animation: jump ? false : animation,
    });
  }

  // ---- Choosing a node or an edge -------------------------------------------------------
  function neighbourhood(pick) {
    if (pick.edge !== undefined) {
      const e = edges[pick.edge];
      return { nodes: new Set([e.from, e.to]), edges: [pick.edge] };
    }
    const near = nodes[pick.node].edges;
    const others = near.map((j) => otherEnd(edges[j], pick.node));
    others.sort((a, b) => nodes[b].edges.length - nodes[a].edges.length);
    return { nodes: new Set([pick.node, ...others]), edges: near };
  }

  function fragment(pick) {
    if (!pick) return "";
    return pick.edge !== undefined
      ? `#edge=${encodeURIComponent(edges[pick.edge].id.toWellFormed())}`
      : `#node=${encodeURIComponent(nodes[pick.node].id.toWellFormed())}`;
  }

  function forgetAddress() {
    try {
      history.replaceState(null, "", location.pathname + location.search);
    } catch {
      location.hash = ""; // a page inside another page may not do the above
    }
  }

  /* quiet: leave view and focus where they are (a click on the canvas); jump: no animation. */
  function choose(pick, { quiet = false, jump = false, keepAddress = false } = {}) {
    chosen = pick;
    lit = pick && neighbourhood(pick);
    if (pick) reveal(pick);
    const leaving = !pick && panel.contains(document.activeElement);
    drawPanel();
    if (leaving) box.firstElementChild.focus({ preventScroll: true });
    say(null);
    if (!keepAddress && location.hash !== fragment(pick)) {
      if (pick) location.hash = fragment(pick);
      else forgetAddress();
    }
    if (pick && !at("facts").hidden) {
      panel.querySelector("h2").focus({ preventScroll: true });
    } else if (pick && !quiet) {
      moveToChoice(jump);
      panel.querySelector("h2").focus({ preventScroll: true });
    } else if (pick) {
      uncover(pick);
    }
    network.redraw();
  }

  /* After a click on the canvas: only move if the panel now lies over what was clicked. */
  function uncover(pick) {
    const spots = pick.edge !== undefined ? [edges[pick.edge].from, edges[pick.edge].to] : [pick.node];
    const free = room();
    const hidden = spots.some((i) => {
      const dom = network.canvasToDOM(place[i]);
      return dom.x > free.width - 16 || dom.y > free.height - 24;
    });
    if (!hidden) return;
    const x = spots.reduce((sum, i) => sum + place[i].x, 0) / spots.length;
    const y = spots.reduce((sum, i) => sum + place[i].y, 0) / spots.length;
    network.moveTo({ position: { x, y }, offset: { x: free.x, y: free.y }, animation });
  }

  /* A chosen thing is never hidden by a filter. */
  function reveal(pick) {
    const ends = pick.edge !== undefined ? [edges[pick.edge].from, edges[pick.edge].to] : [pick.node];
    const hidden = ends.some((i) => !nodeShown[i]) || (pick.edge !== undefined && !edgeShown[pick.edge]);
    if (!hidden) return;
    for (const i of ends) off.types.delete(nodes[i].type);
    if (pick.edge !== undefined) off.relations.delete(edges[pick.edge].predicate);
    applyFilters();
    if (ends.some((i) => !nodeShown[i])) {
      off.relations.clear();
      applyFilters();
    }
  }

  function say(text) {
    at("notice").hidden = text === null;
    at("notice").textContent = text ?? "";
  }

  function readAddress(jump) {
    const match = /^#(node|edge)=(.*)$/s.exec(location.hash);
    if (!match) {
      if (chosen) choose(null, { keepAddress: true });
      return;
    }
    let id = match[2];
    try {
      id = decodeURIComponent(id);
    } catch {
      // not ours; taken as it stands
    }
    const number = (match[1] === "node" ? numberOfNode : numberOfEdge).get(id);
    if (number === undefined) {
      if (chosen) choose(null, { keepAddress: true });
      say(`This picture has no such ${match[1]}.`);
    } else if (!chosen || chosen[match[1]] !== number) {
      choose({ [match[1]]: number }, { jump, keepAddress: true });
    }
  }
  window.addEventListener("hashchange", () => readAddress(false));

  // ---- The panel ------------------------------------------------------------------------
  function nodeButton(i, label = labels[i]) {
    return el("button", { type: "button", class: "plain text", onclick: () => choose({ node: i }) }, label);
  }

  /* A list that starts with a few items and grows when asked to. */
  function growing(items, first, make, noun) {
    const list = el("ul");
    const more = el("button", { type: "button", class: "more" });
    let shown = 0;
    const grow = (upTo) => {
      for (; shown < Math.min(upTo, items.length); shown++) list.append(make(items[shown]));
      more.hidden = shown >= items.length;
      more.textContent = `Show ${count(Math.min(200, items.length - shown))} more ${noun}`;
    };
    more.addEventListener("click", () => grow(shown + 200));
    grow(first);
    return [list, more];
  }

  function tools() {
    const copy = el("button", { type: "button" }, "Copy link");
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "See address bar";
      }
    });
    const cross = svg("svg", { class: "icon", viewBox: "0 0 16 16" }, svg("path", { d: "M4 4l8 8M12 4l-8 8" }));
    const close = el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => choose(null) }, cross);
    return el("div", { class: "tools" }, copy, close);
  }

  function section(title, total, ...children) {
    return el(
      "section",
      {},
      el("h3", {}, el("span", { class: "text" }, title), total === null ? null : el("span", { class: "number" }, count(total))),
      ...children,
    );
  }

  function drawPanel() {
    panel.hidden = !chosen;
    if (!chosen) {
      panel.replaceChildren();
      return;
    }
    panel.replaceChildren(...(chosen.edge !== undefined ? edgePanel(chosen.edge) : nodePanel(chosen.node)));
    panel.scrollTop = 0;
  }

  function nodePanel(i) {
    const n = nodes[i];
    const terms = [];
    const term = (name, value) => value && terms.push(el("dt", {}, name), el("dd", { class: "text" }, value));
    term("Also called", n.aliases.filter((a) => a !== n.label).join(", "));
    term("Vendor", n.vendor);
    term("Class", n.class);
    const out = [
      tools(),
      el("p", { class: "kind soft" }, glyph(n.type), n.type),
      el("h2", { class: "text", tabindex: "-1" }, n.label),
    ];
    if (terms.length) out.push(el("dl", {}, ...terms));

    const groups = new Map();
    for (const j of n.edges) {
      const outward = edges[j].from === i;
      const name = words(edges[j].predicate);
      const title = outward ? `${name} …` : `… ${name} this`;
      if (!groups.has(title)) groups.set(title, []);
      groups.get(title).push(j);
    }
    for (const [title, list] of groups) {
      list.sort(
        (a, b) =>
          edges[b].facts.length - edges[a].facts.length ||
          collator.compare(labels[otherEnd(edges[a], i)], labels[otherEnd(edges[b], i)]),
      );
      const make = (j) => {
        const other = otherEnd(edges[j], i);
        const facts = edges[j].facts.length;
        const open = el(
          "button",
          { type: "button", class: "plain number", onclick: () => choose({ edge: j }) },
          some(facts, "sentence"),
        );
        open.setAttribute("aria-label", `${some(facts, "sentence")} about ${labels[other]}`);
        return el("li", { class: "row" }, glyph(nodes[other].type), nodeButton(other), open);
      };
      out.push(section(title, list.length, ...growing(list, 12, make, "relations")));
    }
    if (n.papers.length) {
      const make = (p) =>
        el("li", { class: "paper" }, paperLink(p), el("span", { class: "soft" }, data.papers[p].date ?? "no date"));
      const newest = [...n.papers].sort((a, b) => (data.papers[b].date ?? "").localeCompare(data.papers[a].date ?? ""));
      out.push(section("Papers", newest.length, ...growing(newest, 8, make, "papers")));
    }
    return out;
  }

  /* The sentence with its marked parts. Offsets count characters as Python does. */
  function marked(sentence, marks) {
    const chars = Array.from(sentence);
    const quote = el("blockquote", { class: "text" });
    const parts = marks
      .map(([start, end], which) => ({ start, end, which }))
      .sort((a, b) => a.start - b.start || b.end - a.end);
    let done = 0;
    for (const { start, end, which } of parts) {
      if (start < done || end <= start || end > chars.length) continue;
      quote.append(chars.slice(done, start).join(""));
      quote.append(el("mark", which ? { class: "second" } : {}, chars.slice(start, end).join("")));
      done = end;
    }
    quote.append(chars.slice(done).join(""));
    return quote;
  }

  function factItem(fact) {
    const sure = el("span", { class: "sure", "aria-hidden": "true" }, el("i"));
    sure.firstChild.style.width = `${Math.round(100 * Math.min(1, Math.max(0, fact.confidence)))}%`;
    const tags = [
      el("li", {}, sure, `${Math.round(100 * fact.confidence)}% confidence`),
      el("li", { class: "text" }, `found by ${fact.extractor}`),
      el("li", { class: "text" }, `in the ${fact.field}, ${fact.start}–${fact.end}`),
    ];
    if (fact.devices !== null && fact.devices !== undefined) tags.push(el("li", {}, some(fact.devices, "device")));
    for (const figure of fact.figures) tags.push(el("li", { class: "text" }, figure));
    const date = data.papers[fact.paper].date;
    return el(
      "li",
      { class: "fact" },
      marked(fact.sentence, fact.marks),
      el("p", { class: "source" }, paperLink(fact.paper), date ? el("span", { class: "soft" }, ` · ${date}`) : null),
      el("ul", { class: "tags" }, ...tags),
    );
  }

  function edgePanel(j) {
    const e = edges[j];
    const end = (i) => {
      const button = nodeButton(i);
      button.prepend(glyph(nodes[i].type));
      return button;
    };
    const verb = el("span", { class: "verb text" }, words(e.predicate), e.role ? ` · ${words(e.role)}` : "");
    const surest = [...e.facts].sort((a, b) => b.confidence - a.confidence);
    const out = [
      tools(),
      el("p", { class: "kind soft" }, "Relation"),
      el("h2", { class: "ends", tabindex: "-1" }, end(e.from), verb, end(e.to)),
      section("Evidence", surest.length, ...growing(surest, 12, factItem, "sentences")),
    ];
    const beside = nodes[e.from].edges.filter((k) => k !== j && (edges[k].from === e.to || edges[k].to === e.to));
    if (beside.length) {
      const make = (k) =>
        el(
          "li",
          { class: "row" },
          el(
            "button",
            { type: "button", class: "plain text", onclick: () => choose({ edge: k }) },
            `${labels[edges[k].from]} ${words(edges[k].predicate)} ${labels[edges[k].to]}`,
          ),
        );
      out.push(section("Also between these two", beside.length, ...growing(beside, 12, make, "relations")));
    }
    return out;
  }

  // ---- Legend and filters ---------------------------------------------------------------
  function choice(kind, name, label, total, mark) {
    const input = el("input", { type: "checkbox", name: kind, value: name });
    input.checked = true;
    input.addEventListener("change", () => {
      if (input.checked) off[kind].delete(name);
      else off[kind].add(name);
      applyFilters();
    });
    const only = el("button", { type: "button", class: "only", onclick: () => filter({ [kind]: [name] }) }, "only");
    only.setAttribute("aria-label", `Only ${label}`);
    const text = el("span", { class: "name text" }, label);
    return el("label", { class: "choice" }, input, mark, text, el("span", { class: "number" }, count(total)), only);
  }

  at("types").append(...data.types.map((t) => choice("types", t.name, t.name, t.count, glyph(t.name))));
  const uses = new Map();
  for (const e of edges) uses.set(e.predicate, (uses.get(e.predicate) ?? 0) + 1);
  at("relations").append(...relations.map((r) => choice("relations", r, words(r), uses.get(r), null)));
  at("reset").addEventListener("click", () => filter({}));

  /* Show only what is switched on. With a relation off, a node none of whose relations is
     left goes as well. */
  function applyFilters() {
    const wanted = nodes.map((n) => !off.types.has(n.type));
    const linked = nodes.map((n) => off.relations.size === 0 || n.edges.length === 0);
    const changedEdges = [];
    edges.forEach((e, j) => {
      const show = wanted[e.from] && wanted[e.to] && !off.relations.has(e.predicate);
      if (show) linked[e.from] = linked[e.to] = true;
      if (show !== edgeShown[j]) changedEdges.push({ id: j, hidden: !show });
      edgeShown[j] = show;
    });
    const changedNodes = [];
    nodes.forEach((_, i) => {
      const show = wanted[i] && linked[i];
      if (show !== nodeShown[i]) changedNodes.push({ id: i, hidden: !show });
      nodeShown[i] = show;
    });
    if (changedNodes.length) visData.nodes.update(changedNodes);
    if (changedEdges.length) visData.edges.update(changedEdges);
    for (const input of document.querySelectorAll("#legend input")) input.checked = !off[input.name].has(input.value);
    at("reset").hidden = !off.types.size && !off.relations.size;
    if (chosen && chosen.node !== undefined && !nodeShown[chosen.node]) choose(null);
    if (chosen && chosen.edge !== undefined && !edgeShown[chosen.edge]) choose(null);
    drawCount();
    if (!at("facts").hidden) drawFacts();
  }

  function filter({ types = null, relations: names = null }) {
    off.types = new Set(types ? data.types.map((t) => t.name).filter((t) => !types.includes(t)) : []);
    off.relations = new Set(names ? relations.filter((r) => !names.includes(r)) : []);
    applyFilters();
  }

  function drawCount() {
    const shown = nodeShown.filter(Boolean).length - nodes.length + data.shown;
    at("count").textContent = `Showing ${count(shown)} of ${some(data.total, "node")}`;
  }

  // ---- Search ---------------------------------------------------------------------------
  const field = at("search");
  const offers = at("suggestions");
  const haystack = nodes.map((n) => [n.label, ...n.aliases].map(plain));
  let found = [];
  let active = -1;

  /* 0: the name itself, 1: begins with it, 2: a word begins with it, 3: inside; aliases after. */
  function rankOf(names, query) {
    let best = Infinity;
    names.forEach((name, k) => {
      const place = name.indexOf(query);
      if (place < 0) return;
      const inside = place > 0 && /[\p{L}\p{N}]/u.test(name[place - 1]);
      const rank = name === query ? 0 : place === 0 ? 1 : inside ? 3 : 2;
      best = Math.min(best, rank + (k ? 0.5 : 0));
    });
    return best;
  }

  function search(text) {
    const query = plain(text.trim());
    if (!query) return [];
    return byDegree
      .map((i) => ({ i, rank: rankOf(haystack[i], query) }))
      .filter(({ rank }) => rank < Infinity)
      .sort((a, b) => a.rank - b.rank)
      .slice(0, 8)
      .map(({ i }) => i);
  }

  function offer() {
    found = search(field.value);
    active = found.length ? 0 : -1;
    const items = found.map((i, k) => {
      const item = el("li", { role: "option", id: `offer-${k}`, "aria-selected": String(k === active) });
      item.append(glyph(nodes[i].type), el("span", { class: "name text" }, labels[i]), el("span", { class: "number" }, nodes[i].type));
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(k));
      return item;
    });
    if (!items.length) items.push(el("li", { class: "none" }, "Nothing by that name"));
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
      field.setAttribute("aria-activedescendant", `offer-${active}`);
      offers.children[active].scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function take(k) {
    const node = found[k];
    field.value = "";
    open(false);
    choose({ node });
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
    } else if (event.key === "Escape") {
      if (offers.hidden) field.blur();
      open(false);
      event.stopPropagation();
    }
  });

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      field.focus();
      event.preventDefault();
    } else if (event.key === "Escape" && !typing) {
      if (at("legend").classList.contains("open")) toggleLegend(false);
      else if (chosen) choose(null);
    }
  });

  // ---- The facts as a table -------------------------------------------------------------
  const STEP = 200;
  let facts = null; // [edge, fact, text to search], made when first needed
  function drawFacts() {
    const holder = at("facts");
    facts ??= edges.flatMap((e, j) =>
      e.facts.map((fact) => ({
        j,
        fact,
        text: plain(`${labels[e.from]} ${words(e.predicate)} ${labels[e.to]} ${fact.sentence} ${data.papers[fact.paper].title}`),
      })),
    );
    if (!holder.firstChild) {
      const input = el("input", { type: "search", "aria-label": "Rows with these words", placeholder: "Rows with these words" });
      input.addEventListener("input", fillFacts);
      const titles = ["From", "Relation", "To", "Sentence", "Paper", "Date", "Confidence"];
      holder.append(
        el("div", { class: "head" }, input, el("p", { class: "soft", role: "status" })),
        el(
          "table",
          {},
          el("caption", {}, "Facts: two nodes, how they relate, and the sentence that says so"),
          el("thead", {}, el("tr", {}, ...titles.map((t) => el("th", { scope: "col" }, t)))),
          el("tbody"),
        ),
        el("button", { type: "button", class: "more" }),
      );
    }
    fillFacts();
  }

  function fillFacts() {
    const holder = at("facts");
    const wanted = plain(holder.querySelector("input").value).split(/\s+/).filter(Boolean);
    const rows = facts.filter(({ j, text }) => edgeShown[j] && wanted.every((w) => text.includes(w)));
    const body = holder.querySelector("tbody");
    const more = holder.querySelector(".more");
    body.replaceChildren();
    const grow = () => {
      body.append(...rows.slice(body.rows.length, body.rows.length + STEP).map(factRow));
      more.hidden = body.rows.length >= rows.length;
      more.textContent = `Show ${count(Math.min(STEP, rows.length - body.rows.length))} more`;
      holder.querySelector("[role=status]").textContent =
        body.rows.length < rows.length
          ? `The first ${count(body.rows.length)} of ${some(rows.length, "fact")}`
          : some(rows.length, "fact");
    };
    more.onclick = grow;
    grow();
  }

  function factRow({ j, fact }) {
    const e = edges[j];
    const toEdge = el("button", { type: "button", class: "plain text", onclick: () => choose({ edge: j }) }, words(e.predicate));
    return el(
      "tr",
      {},
      el("td", {}, nodeButton(e.from)),
      el("td", {}, toEdge),
      el("td", {}, nodeButton(e.to)),
      el("td", { class: "sentence text" }, fact.sentence),
      el("td", {}, paperLink(fact.paper)),
      el("td", { class: "when number" }, data.papers[fact.paper].date ?? ""),
      el("td", { class: "number" }, `${Math.round(100 * fact.confidence)}%`),
    );
  }

  function showTable(yes) {
    at("facts").hidden = !yes;
    box.classList.toggle("covered", yes);
    document.querySelector(".zoom").hidden = yes;
    at("view").setAttribute("aria-pressed", String(yes));
    if (yes) drawFacts();
    else if (chosen) moveToChoice(true);
  }
  at("view").addEventListener("click", () => showTable(at("facts").hidden));

  // ---- Legend on small screens, light and dark --------------------------------------------
  function toggleLegend(yes) {
    at("legend").classList.toggle("open", yes);
    at("filters").setAttribute("aria-expanded", String(yes));
  }
  at("filters").addEventListener("click", () => toggleLegend(!at("legend").classList.contains("open")));
  box.addEventListener("pointerdown", () => toggleLegend(false));

  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  function recolor() {
    at("theme").textContent = isDark() ? "Light" : "Dark";
    readColors();
    const fresh = canvasOptions();
    network.setOptions({ groups: fresh.groups, edges: fresh.edges });
    visData.nodes.update(nodes.map((n, id) => ({ id, group: n.type })));
    network.redraw();
  }
  at("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    recolor();
  });
  system.addEventListener("change", recolor);
  at("theme").textContent = isDark() ? "Light" : "Dark";

  // ---- Begin ----------------------------------------------------------------------------
  drawCount();
  fitAll(true);
  if (!nodes.length) say("There is nothing to show here.");
  readAddress(true);

  window.papergraph = {
    network,
    select: (id) => choose(numberOfNode.has(id) ? { node: numberOfNode.get(id) } : null, { jump: true }),
    selectEdge: (id) => choose(numberOfEdge.has(id) ? { edge: numberOfEdge.get(id) } : null, { jump: true }),
    clear: () => choose(null),
    labels: () => drawn,
    filter,
    showTable,
    /* Where a node, or the middle of an edge, lies in the window. */
    where(id) {
      const edge = edges[numberOfEdge.get(id)];
      const spot = edge
        ? { x: (place[edge.from].x + place[edge.to].x) / 2, y: (place[edge.from].y + place[edge.to].y) / 2 }
        : place[numberOfNode.get(id)];
      const dom = network.canvasToDOM(spot);
      const stage = box.getBoundingClientRect();
      return { x: dom.x + stage.left, y: dom.y + stage.top };
    },
    state: () => ({
      node: chosen && chosen.node !== undefined ? nodes[chosen.node].id : null,
      edge: chosen && chosen.edge !== undefined ? edges[chosen.edge].id : null,
      nodes: nodeShown.filter(Boolean).length,
      edges: edgeShown.filter(Boolean).length,
    }),
  };
})();
