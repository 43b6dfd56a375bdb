/* Stands after Oxigraph's own web.js in one script: loads the quads once, then answers one query after the other.
   A SELECT or ASK comes back as the terms of SPARQL's JSON results, other forms as rows of subject, predicate, object. */
const XSD = "http://www.w3.org/2001/XMLSchema#";
let store;

const asTerm = (term) => {
  if (term.termType === "Literal") return { type: "literal", value: term.value, datatype: term.datatype.value };
  return { type: term.termType === "NamedNode" ? "uri" : "bnode", value: term.value };
};

/* The query without comments, strings and IRIs: what is left of its words are keywords. */
const words = (query) =>
  query.replace(/"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|#[^\n]*/g, " ");

function answer(query) {
  const form = /\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(words(query))?.[1].toUpperCase();
  const options = { use_default_graph_as_union: true };
  if (form === "CONSTRUCT" || form === "DESCRIBE") {
    const rows = store.query(query, options).map((quad) => [quad.subject, quad.predicate, quad.object].map(asTerm));
    return { columns: ["subject", "predicate", "object"], rows };
  }
  const found = JSON.parse(store.query(query, { ...options, results_format: "json" }));
  if (found.boolean !== undefined) {
    return { columns: ["answer"], rows: [[{ type: "literal", value: String(found.boolean), datatype: `${XSD}boolean` }]] };
  }
  const columns = found.head.vars;
  return { columns, rows: found.results.bindings.map((row) => columns.map((name) => row[name] ?? null)) };
}

self.onmessage = ({ data }) => {
  try {
    if (data.query !== undefined) {
      self.postMessage(answer(data.query));
      return;
    }
    initSync({ module: data.wasm });
    store = new Store();
    store.load(new Uint8Array(data.quads), { format: "nq", no_transaction: true, lenient: true });
    self.postMessage({ size: store.size });
  } catch (error) {
    self.postMessage({ error: String(error?.message ?? error) });
  }
};
