// Methods that one method uses beside each other, and the method with what it uses.
CALL {
  MATCH (a)-[r:USES]->(b)
  RETURN r.paper AS id, a, b
  UNION
  MATCH (b)-[r:USES]->(a)
  RETURN r.paper AS id, a, b
  UNION
  MATCH ()-[r:USES]->(used)
  WITH r.paper AS id, collect(DISTINCT used) AS beside
  UNWIND beside AS a
  UNWIND beside AS b
  RETURN id, a, b
}
WITH id, a, b
WHERE a <> b AND CASE WHEN $method = '' THEN a.id < b.id ELSE $method IN a.keys END
MATCH (p:Paper {id: id})
WITH a, b, count(DISTINCT p) AS papers, min(p.name) AS example
RETURN a.name AS method, b.name AS `with`, papers, example
