// Comparisons between methods, or between hardware.
MATCH (one)-[r:COMPARED_WITH]->(other)
WHERE $name = '' OR $name IN one.keys OR $name IN other.keys
MATCH (p:Paper {id: r.paper})
UNWIND r.sentences AS sentence
RETURN DISTINCT one.name AS subject, other.name AS object, labels(one)[0] AS type, r.outperforms AS outperforms,
       p.name AS paper, sentence, r.confidence AS confidence
