// How many papers state hardware, and which: one row a class, vendor, year, role or level of the hierarchy, with its share of all
// papers (for years: of the papers of that year), and one row for the papers that state none.
MATCH (subject)-[r:RUNS_ON]->(h:Hardware)
WHERE $hardware = '' OR h.vendorKey = $hardware OR EXISTS { MATCH (h)-[:BROADER*0..10]->(top:Hardware) WHERE $hardware IN top.keys }
MATCH (p:Paper {id: r.paper})
OPTIONAL MATCH (h)-[:BROADER*0..10]->(above:Hardware)
WHERE above.level = $by
WITH DISTINCT subject, r, h, p,
     CASE $by WHEN 'class' THEN h.class WHEN 'vendor' THEN h.vendor WHEN 'role' THEN r.role WHEN 'year' THEN substring(p.date, 0, 4) ELSE above.name END AS grouped
WHERE grouped IS NOT NULL
OPTIONAL MATCH (p)-[:REPORTS]->(figure:Result)-[:ON_HARDWARE]->(h)
UNWIND r.sentences AS stated
WITH grouped, p, CASE WHEN subject:Method THEN subject.id END AS method, coalesce(r.role, '') AS role, r.devices AS number, figure.id AS figure, stated
ORDER BY role
WITH grouped, count(DISTINCT p.id) AS papers, count(DISTINCT method) AS methods, collect(DISTINCT role) AS every, max(number) AS devices,
     count(DISTINCT figure) AS figures, min(p.name) AS paper, collect(DISTINCT {paper: p.name, sentence: stated}) AS leads
MATCH (any:Paper)
WHERE $by <> 'year' OR substring(any.date, 0, 4) = grouped
WITH grouped, papers, methods, every, devices, figures, paper, leads, count(any) AS of
RETURN grouped AS `group`, papers, of, round(1000.0 * papers / of) / 1000 AS share, methods,
       reduce(joined = '', role IN every | joined + CASE WHEN joined = '' OR role = '' THEN '' ELSE ', ' END + role) AS roles, devices, figures, paper,
       reduce(first = null, lead IN leads | CASE WHEN lead.paper = paper AND (first IS NULL OR lead.sentence < first) THEN lead.sentence ELSE first END) AS sentence
UNION ALL
CALL {
  MATCH (p:Paper)
  RETURN p.id AS id, 0 AS stated
  UNION ALL
  MATCH ()-[r:RUNS_ON]->()
  RETURN r.paper AS id, 1 AS stated
}
WITH id, sum(stated) AS stated
WITH sum(CASE WHEN stated = 0 THEN 1 ELSE 0 END) AS papers, count(id) AS of
WHERE papers > 0 AND $hardware = '' AND $by <> 'year'
RETURN '(no hardware stated)' AS `group`, papers, of, round(1000.0 * papers / of) / 1000 AS share, 0 AS methods, '' AS roles, null AS devices,
       0 AS figures, null AS paper, null AS sentence
