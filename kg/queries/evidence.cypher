// Statements towards a thing, with every sentence that states them.
MATCH (asked)
WHERE $to IN asked.keys
MATCH (target)-[:BROADER*0..10]->(asked)
WITH DISTINCT target
MATCH (source)-[r]->(target)
WHERE type(r) <> 'BROADER' AND NOT source:Result AND ($from = '' OR $from IN source.keys)
MATCH (p:Paper {id: r.paper})
UNWIND range(0, size(r.sentences) - 1) AS i
RETURN DISTINCT CASE WHEN source:Paper THEN '(the paper)' ELSE source.name END AS subject, type(r) AS predicate,
       target.name AS object, r.role AS role, p.name AS paper, r.fields[i] AS field, r.starts[i] AS start, r.ends[i] AS `end`,
       r.sentences[i] AS sentence, r.confidence AS confidence, r.extractor AS extractor
