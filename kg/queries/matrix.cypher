// Every method and hardware that at least one paper brings together, with one paper and one of its sentences for each pair.
// The hardware is as papers name it, or what is above it: its product, family, architecture, class or vendor.
MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware)
WHERE $hardware = '' OR h.vendorKey = $hardware OR EXISTS { MATCH (h)-[:BROADER*0..10]->(top:Hardware) WHERE $hardware IN top.keys }
OPTIONAL MATCH (h)-[:BROADER*0..10]->(above:Hardware)
WHERE above.level = $by
WITH DISTINCT m, r, h, CASE $by WHEN 'name' THEN h.name WHEN 'class' THEN h.class WHEN 'vendor' THEN h.vendor ELSE above.name END AS hardware
WHERE hardware IS NOT NULL
MATCH (p:Paper {id: r.paper})
OPTIONAL MATCH (p)-[:REPORTS]->(figure:Result)-[:ON_HARDWARE]->(h)
UNWIND r.sentences AS stated
WITH m, hardware, p, coalesce(r.role, '') AS role, r.devices AS number, coalesce(figure.text, '') AS text, stated
ORDER BY role, text
WITH m, hardware, count(DISTINCT p.id) AS papers, collect(DISTINCT role) AS every, max(number) AS devices,
     collect(DISTINCT text) AS texts, min(p.name) AS paper, collect(DISTINCT {paper: p.name, sentence: stated}) AS leads
RETURN m.name AS method, hardware, papers,
       reduce(joined = '', role IN every | joined + CASE WHEN joined = '' OR role = '' THEN '' ELSE ', ' END + role) AS roles, devices,
       reduce(joined = '', text IN texts | joined + CASE WHEN joined = '' OR text = '' THEN '' ELSE ', ' END + text) AS figures, paper,
       reduce(first = null, lead IN leads | CASE WHEN lead.paper = paper AND (first IS NULL OR lead.sentence < first) THEN lead.sentence ELSE first END) AS sentence,
       m.id AS id
