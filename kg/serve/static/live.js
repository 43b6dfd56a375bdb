"use strict";
/* The source of a page beside a server: what is not on the page yet is asked for. */

pg.liveSource = () => {
  const complete = new Set();
  async function get(address) {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) return null;
    return answer.json();
  }
  return {
    async expand(id) {
      const found = await get(`/api/expand?id=${encodeURIComponent(id)}`);
      if (found) complete.add(id);
      return found;
    },
    more: (node) => !complete.has(node.id),
    page: (id) => new URL(id.split("/").some((part) => /^\.{0,2}$/.test(part)) ? `/about?id=${encodeURIComponent(id)}` : `/${id}`, location.origin).href,
    async search(text) {
      return (await get(`/search?q=${encodeURIComponent(text)}`))?.found ?? [];
    },
  };
};

pg.app = pg.start(JSON.parse(pg.at("data").textContent), pg.liveSource());
