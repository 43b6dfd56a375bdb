// On which hardware a method runs.
MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware)
WHERE $method IN m.keys
MATCH (p:Paper {id: r.paper})
UNWIND r.sentences AS sentence
RETURN DISTINCT m.name AS method, h.name AS hardware, h.vendor AS vendor, h.class AS class, r.role AS role,
       r.devices AS devices, p.name AS paper, sentence, r.confidence AS confidence
