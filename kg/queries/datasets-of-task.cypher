// Data sets beside tasks, by the papers that bring them together.
MATCH ()-[r:ADDRESSES|EVALUATED_ON]->(node)
WITH r.paper AS id,
     collect(DISTINCT CASE WHEN node:Task THEN node END) AS problems,
     collect(DISTINCT CASE WHEN node:Dataset THEN node END) AS sets
MATCH (p:Paper {id: id})
UNWIND problems AS problem
UNWIND sets AS data
WITH problem, data, p
WHERE $task = '' OR $task IN problem.keys
RETURN problem.name AS task, data.name AS dataset, count(DISTINCT p) AS papers, min(p.name) AS example
