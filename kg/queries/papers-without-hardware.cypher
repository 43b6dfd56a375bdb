// Papers without a RUNS_ON relationship of their own or of a method that they name.
MATCH (p:Paper)
WHERE NOT EXISTS { MATCH (p)-[:RUNS_ON]->() }
  AND NOT EXISTS { MATCH (p)-[:MENTIONS]->()-[r:RUNS_ON]->() WHERE r.paper = p.id }
RETURN DISTINCT p.name AS paper, p.date AS date, p.id AS id
