"use strict";
/* The graph by number, what the filters leave of it, and walks over it. Knows nothing of the page. */

pg.Model = class {
  constructor(types) {
    this.types = new Map(types.map((type) => [type.name, type]));
    this.papers = [];
    this.nodes = []; // {id, label, type, x, y, edges: [numbers], folded, shown, …}
    this.edges = []; // {id, from, to, predicate, role, facts, shown, visible: facts that pass}
    this.results = [];
    this.numberOfPaper = new Map();
    this.numberOfNode = new Map();
    this.numberOfEdge = new Map();
    this.filters = this.noFilters();
  }

  noFilters() {
    return { types: new Set(), relations: new Set(), from: null, to: null, sure: 0, vendor: "" };
  }

  /* Take in a fragment; what is known already stays as it is. A node that is `ready` is folded: there, not drawn. */
  add({ papers, nodes, edges, results = [] }) {
    const paperAt = papers.map((paper) => this.known(this.numberOfPaper, this.papers, paper.id, () => paper));
    const nodeAt = nodes.map((node) =>
      this.known(this.numberOfNode, this.nodes, node.id, () => ({
        ...node,
        label: node.label || "(no name)",
        papers: node.papers.map((p) => paperAt[p]),
        edges: [],
        results: [],
        folded: Boolean(node.ready),
      })),
    );
    for (const edge of edges) {
      const [from, to] = [nodeAt[edge.from], nodeAt[edge.to]];
      const id = [this.nodes[from].id, edge.predicate, edge.role ?? "", this.nodes[to].id].join("|");
      this.known(this.numberOfEdge, this.edges, id, () => {
        const number = this.edges.length;
        this.nodes[from].edges.push(number);
        if (to !== from) this.nodes[to].edges.push(number);
        const facts = edge.facts.map((fact) => ({ ...fact, paper: paperAt[fact.paper] }));
        return { ...edge, id, from, to, facts, visible: facts };
      });
    }
    const have = new Set(this.results.map((result) => result.key));
    for (const result of results) {
      const made = { ...result, paper: paperAt[result.paper] };
      for (const end of ["method", "baseline", "metric", "dataset", "hardware"]) {
        if (result[end] !== undefined) made[end] = nodeAt[result[end]];
      }
      made.key = [made.paper, made.sentence, made.text, ...(made.marks[0] ?? [])].join("|");
      if (have.has(made.key)) continue;
      const number = this.results.push(made) - 1;
      const ends = new Set([made.method, made.baseline, made.metric, made.dataset, made.hardware]);
      const paper = this.numberOfNode.get(this.papers[made.paper].id);
      for (const end of ends.add(paper)) if (end !== undefined) this.nodes[end].results.push(number);
    }
    this.byDegree = this.nodes
      .map((_, i) => i)
      .sort((a, b) => this.nodes[b].edges.length - this.nodes[a].edges.length || a - b);
    this.relations = [...new Set(this.edges.map((e) => e.predicate))].sort(pg.collator.compare);
    this.years = [...new Set(this.papers.map((p) => p.date?.slice(0, 4)).filter(Boolean))].sort();
    this.vendors = [...new Set(this.nodes.map((n) => n.vendor).filter(Boolean))].sort(pg.collator.compare);
    this.apply();
    return nodeAt;
  }

  known(numbers, list, id, make) {
    let number = numbers.get(id);
    if (number === undefined) {
      const made = make();
      number = list.push(made) - 1;
      numbers.set(id, number);
    }
    return number;
  }

  otherEnd(edge, node) {
    return edge.from === node ? edge.to : edge.from;
  }

  /* ---- Filters. A fact passes by its paper's year and its confidence, an edge if one of its facts does. ---- */

  passes(fact) {
    const { from, to, sure } = this.filters;
    if (100 * fact.confidence < sure) return false;
    if (!from && !to) return true;
    const year = this.papers[fact.paper].date?.slice(0, 4);
    return Boolean(year) && (!from || year >= from) && (!to || year <= to);
  }

  get filtered() {
    const { types, relations, from, to, sure, vendor } = this.filters;
    return Boolean(types.size || relations.size || from || to || sure || vendor);
  }

  /* Work out what is shown. With anything but types filtered, a node none of whose facts is left goes as well; hardware
     above a shown one stays. A vendor leaves its hardware and what is linked to that. */
  apply() {
    const { types, relations, from, to, sure, vendor } = this.filters;
    const byFact = Boolean(relations.size || from || to || sure);
    const allowed = this.nodes.map((n) => !n.folded && !types.has(n.type));
    for (const edge of this.edges) {
      edge.visible = byFact ? edge.facts.filter((fact) => this.passes(fact)) : edge.facts;
      edge.shown =
        allowed[edge.from] &&
        allowed[edge.to] &&
        !relations.has(edge.predicate) &&
        (edge.visible.length > 0 || edge.facts.length === 0);
    }
    let kept = allowed;
    if (vendor) {
      const own = this.nodes.map((n, i) => allowed[i] && n.vendor === vendor);
      const near = own.slice();
      for (const edge of this.edges) {
        if (edge.shown && edge.facts.length && (own[edge.from] || own[edge.to])) near[edge.from] = near[edge.to] = true;
      }
      kept = near;
    } else if (byFact) {
      kept = this.nodes.map((n, i) => allowed[i] && n.edges.length === 0 && !from && !to && !sure);
      for (const edge of this.edges) if (edge.shown && edge.facts.length) kept[edge.from] = kept[edge.to] = true;
    }
    if (vendor || byFact) this.keepAbove(kept);
    this.nodes.forEach((n, i) => (n.shown = kept[i]));
    for (const edge of this.edges) edge.shown = edge.shown && kept[edge.from] && kept[edge.to];
  }

  keepAbove(kept) {
    const queue = this.nodes.map((_, i) => i).filter((i) => kept[i]);
    while (queue.length) {
      const i = queue.pop();
      for (const j of this.nodes[i].edges) {
        const edge = this.edges[j];
        if (edge.predicate !== "broader" || edge.from !== i || !edge.shown || kept[edge.to]) continue;
        kept[edge.to] = true;
        queue.push(edge.to);
      }
    }
  }

  /* ---- Folding: what is there but not drawn ---- */

  /* Neighbours that are not drawn. */
  foldedAround(i) {
    const near = this.nodes[i].edges.map((j) => this.otherEnd(this.edges[j], i));
    return [...new Set(near)].filter((k) => this.nodes[k].folded);
  }

  /* Neighbours that hang on this node alone. */
  leavesOf(i) {
    const near = new Set(this.nodes[i].edges.filter((j) => this.edges[j].shown).map((j) => this.otherEnd(this.edges[j], i)));
    near.delete(i);
    return [...near].filter((k) =>
      this.nodes[k].edges.every((j) => !this.edges[j].shown || this.otherEnd(this.edges[j], k) === i),
    );
  }

  fold(list, yes) {
    for (const i of list) this.nodes[i].folded = yes;
    this.apply();
  }

  /* ---- Walks ---- */

  neighbourhood(pick) {
    if (pick.edge !== undefined) {
      const e = this.edges[pick.edge];
      return { nodes: new Set([e.from, e.to]), edges: [pick.edge] };
    }
    const { type, papers } = this.nodes[pick.node];
    if (type === "Paper") return this.saidBy(pick.node, papers[0]);
    const near = this.nodes[pick.node].edges.filter((j) => this.edges[j].shown);
    const others = near.map((j) => this.otherEnd(this.edges[j], pick.node));
    others.sort((a, b) => this.nodes[b].edges.length - this.nodes[a].edges.length);
    const found = { nodes: new Set([pick.node, ...others]), edges: near };
    if (type === "Hardware") {
      this.climb(pick.node, "from", "to", found);
      this.climb(pick.node, "to", "from", found);
    }
    return found;
  }

  /* All that a paper says. */
  saidBy(i, paper) {
    const edges = [...this.edges.keys()].filter((j) => this.edges[j].shown && this.edges[j].visible.some((fact) => fact.paper === paper));
    return { nodes: new Set([i, ...edges.flatMap((j) => [this.edges[j].from, this.edges[j].to])]), edges };
  }

  /* The hardware above a node (by way of "from", "to"), or below it. */
  climb(i, start, end, found) {
    for (const j of this.nodes[i].edges) {
      const edge = this.edges[j];
      if (edge.predicate !== "broader" || !edge.shown || edge[start] !== i) continue;
      if (!found.edges.includes(j)) found.edges.push(j);
      found.nodes.add(edge[end]);
      this.climb(edge[end], start, end, found);
    }
  }

  /* The shortest way between two nodes over what is shown; of several the one over the best attested edges. */
  path(start, goal) {
    const before = new Map([[start, null]]);
    let ring = [start];
    while (ring.length && !before.has(goal)) {
      const next = new Map();
      for (const i of ring) {
        for (const j of this.nodes[i].edges) {
          const edge = this.edges[j];
          const other = this.otherEnd(edge, i);
          if (!edge.shown || before.has(other)) continue;
          const known = next.get(other);
          if (!known || this.edges[known.edge].facts.length < edge.facts.length) next.set(other, { from: i, edge: j });
        }
      }
      for (const [node, way] of next) before.set(node, way);
      ring = [...next.keys()];
    }
    if (!before.has(goal)) return null;
    const steps = [];
    for (let at = goal; before.get(at); at = before.get(at).from) steps.unshift(before.get(at).edge);
    return steps;
  }

  /* Facts that are visible now: [edge, fact], an edge of the hierarchy once without a fact. */
  visibleFacts() {
    return this.edges.flatMap((e, j) => (e.shown ? (e.facts.length ? e.visible.map((fact) => ({ j, fact })) : [{ j, fact: null }]) : []));
  }
};
