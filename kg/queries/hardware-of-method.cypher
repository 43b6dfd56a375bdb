// On which hardware a method runs; only on a hardware and what is below it, where one is named.
MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware)
WHERE $method IN m.keys
  AND ($hardware = '' OR h.vendorKey = $hardware OR EXISTS { MATCH (h)-[:BROADER*0..10]->(top:Hardware) WHERE $hardware IN top.keys })
MATCH (p:Paper {id: r.paper})
OPTIONAL MATCH (p)-[:REPORTS]->(figure:Result)-[:ON_HARDWARE]->(h)
WITH m, r, h, p, figure.text AS text
ORDER BY text
WITH m, r, h, p, collect(DISTINCT text) AS texts
UNWIND r.sentences AS sentence
RETURN DISTINCT m.name AS method, h.name AS hardware, h.vendor AS vendor, h.class AS class, r.role AS role, r.devices AS devices,
       CASE WHEN size(texts) > 0 THEN reduce(joined = '', text IN texts | joined + CASE WHEN joined = '' THEN '' ELSE ', ' END + text) END AS figures,
       p.name AS paper, sentence, r.confidence AS confidence
