// Which methods run on a hardware or on anything below it; the paper stands in where no method is named.
MATCH (node:Hardware)
WHERE node.vendorKey = $hardware OR EXISTS { MATCH (node)-[:BROADER*0..10]->(above:Hardware) WHERE $hardware IN above.keys }
MATCH (subject)-[r:RUNS_ON]->(node)
WHERE $role = '' OR r.role = $role
MATCH (p:Paper {id: r.paper})
OPTIONAL MATCH (p)-[:REPORTS]->(figure:Result)-[:ON_HARDWARE]->(node)
WITH subject, r, node, p, figure.text AS text
ORDER BY text
WITH subject, r, node, p, collect(DISTINCT text) AS texts
UNWIND r.sentences AS sentence
RETURN DISTINCT CASE WHEN subject:Paper THEN '(the paper)' ELSE subject.name END AS method, node.name AS hardware,
       r.role AS role, r.devices AS devices,
       CASE WHEN size(texts) > 0 THEN reduce(joined = '', text IN texts | joined + CASE WHEN joined = '' THEN '' ELSE ', ' END + text) END AS figures,
       p.name AS paper, sentence, r.confidence AS confidence
