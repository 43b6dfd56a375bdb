// Papers without a RUNS_ON relationship that they state.
CALL {
  MATCH (p:Paper)
  RETURN p.id AS id, 0 AS stated
  UNION ALL
  MATCH ()-[r:RUNS_ON]->()
  RETURN r.paper AS id, 1 AS stated
}
WITH id, sum(stated) AS stated
WHERE stated = 0
MATCH (p:Paper {id: id})
RETURN DISTINCT p.name AS paper, p.date AS date, p.id AS id
