"use strict";
/* SPARQL inside the page: Oxigraph's WebAssembly build over the graph's own N-Quads, in a worker, so that a long query
   freezes nothing and can be stopped. Named questions take their parameters as `kg ask` does. */

pg.XSD = "http://www.w3.org/2001/XMLSchema#";

pg.GREEK = [
  "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lamda", "mu", "nu", "xi", "omicron", "pi", "rho",
  "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
];

/* The normal form of a name, as kg/lexicon/fold.py makes it; a test compares the two. */
pg.fold = (name) => {
  let text = name
    .replace(/\\(?:text|math)?(?:bf|it|tt|sc|sf|rm|cal|bb|frak|emph|text)\b|\\(?=\W)|[${}^_~\\]/g, " ")
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[×✕⨯]/g, "x")
    .replace(/[α-ω]/g, (letter) => pg.GREEK[letter.charCodeAt(0) - 0x3b1])
    .replace(/\p{M}/gu, "")
    .replace(/(?<=\p{Nd})[\s\-‐-―−_,;:]+(?=\p{Nd})/gu, "\0")
    .replace(/[\s\-‐-―−_'’`"“”()[\],;:!?]+/g, "")
    .replace(/(?<!\p{Nd})\.|\.(?!\p{Nd})/gu, "")
    .replaceAll("\0", "-");
  if (name.trimEnd().endsWith("S") || /^(?!tpu).+v\p{Nd}{1,2}(?:\.\p{Nd}+)?s$/su.test(text)) return text;
  if (/^.*[gctnvdx]pus$/s.test(text)) return text.slice(0, -1);
  if (/^(?:(?:.*[^a-z])?[a-z]{0,2}[pc]us(?<!opus)(?<!rpus)(?<!mpus)(?<!cus)|(?:.*[^a-z])?mcus)$/s.test(text)) return text.slice(0, -1);
  if (text.length > 4 && text.endsWith("ies")) return `${text.slice(0, -3)}y`;
  if (text.length > 3 && text.endsWith("s") && !/(?:ss|us|is)$/.test(text)) return text.slice(0, -1);
  return text;
};

/* Text in which a word is no keyword and a variable no variable, as kg/stores/oxigraph.py has it. */
pg.SPARQL_TOKENS =
  /"""(?:[^"\\]|\\.|"(?!""))*"""|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|#[^\n]*|[?$][\p{L}\p{N}_]+|[\p{L}\p{N}_.-]*:[\p{L}\p{N}_.-]*/gsu;

pg.literal = (value) => {
  if (typeof value === "number") return `"${value === -Infinity ? "-INF" : value}"^^<${pg.XSD}double>`;
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r" };
  return `"${value.replace(/[\\"\n\r]/g, (c) => escapes[c])}"`;
};

/* A query with variables of these names replaced by literals. */
pg.bind = (query, values) =>
  query.replace(pg.SPARQL_TOKENS, (token) => {
    const name = /^[?$]/.test(token) ? token.slice(1) : null;
    return name !== null && Object.hasOwn(values, name) ? pg.literal(values[name]) : token;
  });

/* Oxigraph in a worker; it starts with the first query, and anew after one was stopped. */
pg.Engine = class {
  constructor(packed) {
    this.packed = packed;
    this.waiting = null;
  }

  async unpack(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  call(message, transfer = []) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(message, transfer);
    });
  }

  async start() {
    const [script, wasm, quads] = await Promise.all([this.packed.script, this.packed.wasm, this.packed.quads].map((part) => this.unpack(part)));
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.worker = new Worker(address);
    this.worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.waiting;
      if (data.error === undefined) resolve(data);
      else reject(new Error(data.error));
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.waiting?.reject(new Error(event.message || "the query engine could not be started"));
    };
    const { size } = await this.call({ wasm, quads }, [wasm, quads]);
    URL.revokeObjectURL(address);
    return size;
  }

  async query(text) {
    this.started ??= this.start();
    this.size = await this.started;
    return this.call({ query: text });
  }

  stop() {
    this.worker?.terminate();
    this.started = undefined;
    this.waiting?.reject(new Error("The query was stopped."));
  }
};

pg.ask = (app, sparql) => {
  const { model } = app;
  const engine = new pg.Engine(sparql);
  const prologue = `${Object.entries(sparql.prefixes).map(([name, iri]) => `PREFIX ${name}: <${iri}>`).join(" ")} `;

  // ---- Answers ----

  function cellOf(term) {
    if (!term) return null;
    const kind = term.type === "literal" && term.datatype?.startsWith(pg.XSD) ? term.datatype.slice(pg.XSD.length) : "";
    if (["integer", "int", "long", "decimal", "double", "float"].includes(kind)) return Number(term.value);
    return kind === "boolean" ? term.value === "true" : term.value;
  }

  /* Run a query of SPARQL: {columns, rows, cut}. */
  async function run(text, most = sparql.rows) {
    const { columns, rows } = await engine.query(prologue + text);
    return { columns, rows: rows.slice(0, most).map((row) => row.map(cellOf)), cut: rows.length > most };
  }

  /* Ask a named question: rows in its order, nulls last, as `kg ask` gives them. */
  async function named(question, given) {
    const values = {};
    for (const parameter of question.parameters) {
      const value = given[parameter.name]?.trim() || (parameter.default ?? "");
      if (value === "" && parameter.required) throw new Error(`Fill in ${parameter.name}: ${parameter.says}.`);
      let bound = String(value);
      if (parameter.kind === "number") {
        bound = value === "" ? -Infinity : Number(value);
        if (Number.isNaN(bound)) throw new Error(`${parameter.name} is “${value}”, not a number.`);
      } else if (parameter.kind === "name" && value !== "") bound = pg.fold(bound) || bound;
      values[`${parameter.name}Parameter`] = bound;
    }
    const answer = await run(pg.bind(question.sparql, values), Infinity);
    const names = Object.keys(question.columns);
    const typed = (cell, kind) => {
      if (cell === null) return null;
      if (kind === "number") return Number(cell);
      if (kind === "relation") return sparql.relations[cell] ?? String(cell).split("#").at(-1);
      return kind === "boolean" ? cell : String(cell);
    };
    const rows = answer.rows.map((row) => names.map((name) => typed(row[answer.columns.indexOf(name)], question.columns[name])));
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    const whole = (a, b) => {
      for (let k = 0; k < names.length; k++) {
        const difference = Number(a[k] === null) - Number(b[k] === null) || (a[k] === null ? 0 : compare(a[k], b[k]));
        if (difference) return difference;
      }
      return 0;
    };
    rows.sort(whole);
    for (const order of [...question.order].reverse()) {
      const k = names.indexOf(order.replace(/^-/, ""));
      const sign = order.startsWith("-") ? -1 : 1;
      const folded = (cell) => (typeof cell === "string" ? cell.toLowerCase() : cell);
      rows.sort((a, b) => {
        if (a[k] === null || b[k] === null) return Number(a[k] === null) - Number(b[k] === null);
        return sign * (compare(folded(a[k]), folded(b[k])) || compare(a[k], b[k]));
      });
    }
    return { columns: names, rows: rows.slice(0, sparql.rows), cut: rows.length > sparql.rows };
  }

  /* For each cell the id of the node of this page that it means: by IRI, or by its exact name. */
  function meant(rows) {
    const names = new Map();
    for (const n of [...model.nodes].reverse()) names.set(n.label, n.id);
    const base = app.data.base;
    return rows.map((row) =>
      row.map((cell) => {
        if (typeof cell !== "string") return null;
        const id = cell.startsWith(base) ? cell.slice(base.length) : names.get(cell);
        return id !== undefined && model.numberOfNode.has(id) ? id : null;
      }),
    );
  }

  // ---- The tab ----

  const pick = pg.el(
    "select",
    { "aria-label": "Question" },
    ...sparql.questions.map((q) => pg.el("option", { value: q.name }, q.title)),
    pg.el("option", { value: "" }, "SPARQL of your own"),
  );
  const says = pg.el("p", { class: "soft" });
  const fields = pg.el("div", { class: "fields" });
  const query = pg.el("textarea", { "aria-label": "SPARQL query", spellcheck: "false", rows: "9" });
  const go = pg.el("button", { type: "submit", class: "primary" }, "Run");
  const stop = pg.el("button", { type: "button", hidden: true, onclick: () => engine.stop() }, "Stop");
  const show = pg.el("button", { type: "button", hidden: true }, "Show in the picture");
  const text = pg.el("button", { type: "button", onclick: () => edit() }, "Edit as SPARQL");
  const status = pg.el("p", { class: "soft", role: "status" });
  const answer = pg.el("div", { class: "scroll" });
  const form = pg.el("form", {}, pick, says, fields, query, pg.el("div", { class: "acts" }, go, stop, text, show), status);
  const holder = pg.el("div", { id: "ask" }, form, answer);
  query.value = "SELECT ?method ?hardware (COUNT(DISTINCT ?paper) AS ?papers) {\n  ?s rdf:predicate pg:runsOn ; rdf:subject ?method ; rdf:object ?hardware ; pg:paper ?paper\n} GROUP BY ?method ?hardware ORDER BY DESC(?papers) LIMIT 20";

  const chosen = () => sparql.questions.find((q) => q.name === pick.value);
  const given = () => Object.fromEntries([...fields.querySelectorAll("input, select")].map((field) => [field.name, field.value]));

  function choose() {
    const question = chosen();
    query.hidden = Boolean(question);
    text.hidden = !question;
    says.textContent = question ? question.says : "SPARQL 1.1 over the union of all graphs. The prefixes pg, kg, schema, skos, rdf, prov, qudt, unit, xsd are known.";
    fields.replaceChildren(
      ...(question?.parameters ?? []).map((p) => {
        const field = p.choices.length
          ? pg.el("select", { name: p.name }, pg.el("option", { value: "" }, "any"), ...p.choices.map((c) => pg.el("option", { value: c }, pg.words(c))))
          : pg.el("input", { name: p.name, type: "text", autocomplete: "off", placeholder: p.default === null || p.default === undefined ? (p.required ? "" : "any") : String(p.default) });
        return pg.el("label", {}, pg.el("span", {}, p.name, p.required ? pg.el("b", { title: "needed" }, " *") : null), field, pg.el("small", { class: "soft" }, p.says));
      }),
    );
  }

  function edit() {
    const values = {};
    const question = chosen();
    for (const p of question.parameters) {
      const value = given()[p.name].trim() || String(p.default ?? "");
      values[`${p.name}Parameter`] = p.kind === "number" ? (value === "" ? -Infinity : Number(value)) : p.kind === "name" && value ? pg.fold(value) : value;
    }
    query.value = pg.bind(question.sparql, values).trim();
    pick.value = "";
    choose();
    query.focus();
  }

  async function submit() {
    const question = chosen();
    [go.disabled, stop.hidden, show.hidden] = [true, false, true];
    status.textContent = engine.size === undefined ? "Loading the graph …" : "Running …";
    answer.replaceChildren();
    const start = performance.now();
    try {
      const found = question ? await named(question, given()) : await run(query.value);
      const ids = meant(found.rows);
      const nodes = [...new Set(ids.flat().filter((id) => id !== null))];
      status.textContent = `${pg.count(engine.size)} quads in this page, answered in ${((performance.now() - start) / 1000).toFixed(2)} s.`;
      answer.replaceChildren(pg.answerTable(app, { ...found, ids }));
      show.hidden = !nodes.length;
      show.textContent = `Show ${pg.some(nodes.length, "node")} in the picture`;
      show.onclick = () => app.light(nodes.map((id) => model.numberOfNode.get(id)), question?.title ?? "the answer");
    } catch (error) {
      status.textContent = `${error.message.split(", expected")[0]}`;
    }
    [go.disabled, stop.hidden] = [false, true];
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  pick.addEventListener("change", choose);
  if (sparql.questions.some((q) => q.name === "methods-on-hardware")) pick.value = "methods-on-hardware";
  choose();
  return { name: "ask", title: "Ask", element: holder, update() {}, run, named };
};
