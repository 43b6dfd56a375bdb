// Methods that one method uses beside each other, and the method with what it uses.
MATCH (user)-[r:USES]->(used)
WITH r.paper AS id, collect(DISTINCT used) AS beside, collect([user, used]) AS direct
WITH id, reduce(pairs = direct + [pair IN direct | [pair[1], pair[0]]], x IN beside | pairs + [y IN beside | [x, y]]) AS pairs
UNWIND pairs AS pair
WITH DISTINCT id, pair[0] AS a, pair[1] AS b
WHERE a <> b AND CASE WHEN $method = '' THEN a.id < b.id ELSE $method IN a.keys END
MATCH (p:Paper {id: id})
WITH a, b, count(DISTINCT p) AS papers, min(p.name) AS example
RETURN a.name AS method, b.name AS `with`, papers, example
