"use strict";
/* Sends the query of the form to its endpoint and shows the answer as a table; texts are only ever written as text. */

const form = document.getElementById("query");
const status = document.getElementById("status");
const answer = document.getElementById("answer");
const ROWS = 1000;

async function send(query) {
  if (form.dataset.language === "Cypher") {
    const headers = { "content-type": "application/json", accept: "application/json" };
    return fetch("/cypher", { method: "POST", headers, body: JSON.stringify({ query }) });
  }
  const headers = { "content-type": "application/sparql-query", accept: "application/sparql-results+json, text/turtle;q=0.9, application/json;q=0.5" };
  return fetch("/sparql", { method: "POST", headers, body: query });
}

function read(found) {
  if (found.boolean !== undefined) return { columns: ["answer"], rows: [[found.boolean]] };
  if (found.results) {
    const columns = found.head.vars;
    return { columns, rows: found.results.bindings.map((row) => columns.map((name) => row[name]?.value ?? null)) };
  }
  return found;
}

const element = (tag, text) => {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
};
const shown = (cell) => (cell === null || cell === undefined ? "" : typeof cell === "object" ? JSON.stringify(cell) : String(cell));

function table({ columns, rows }) {
  const made = document.createElement("table");
  made.className = "rows";
  const head = made.createTHead().insertRow();
  head.append(...columns.map((name) => element("th", name)));
  const body = made.createTBody();
  for (const row of rows.slice(0, ROWS)) {
    const line = body.insertRow();
    for (const [at, cell] of row.entries()) {
      const place = element("td", shown(cell));
      place.className = typeof cell === "number" ? "text number" : columns[at] === "sentence" ? "text sentence" : "text";
      place.dataset.column = columns[at];
      line.append(place);
    }
  }
  return made;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [button] = form.getElementsByTagName("button");
  button.disabled = true;
  status.textContent = "Running …";
  status.className = "soft text";
  answer.replaceChildren();
  const start = performance.now();
  try {
    const reply = await send(form.elements.query.value);
    const type = reply.headers.get("content-type") ?? "";
    if (!reply.ok) {
      status.textContent = (await reply.json()).error;
      status.className = "problem text";
    } else if (!type.includes("json")) {
      answer.replaceChildren(element("pre", await reply.text()));
      status.textContent = "";
    } else {
      const found = read(await reply.json());
      answer.replaceChildren(table(found));
      const seconds = ((performance.now() - start) / 1000).toFixed(2);
      const rows = `${found.rows.length} ${found.rows.length === 1 ? "row" : "rows"}`;
      status.textContent = [`${rows} in ${seconds} s`, found.rows.length > ROWS && `the first ${ROWS} are shown`, found.cut && "cut there", ...(found.remarks ?? [])].filter(Boolean).join("; ");
    }
  } catch {
    status.textContent = "The server cannot be reached.";
    status.className = "problem text";
  }
  button.disabled = false;
});
