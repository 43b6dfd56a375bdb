// Every method and hardware that at least one paper brings together.
MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware)
WITH DISTINCT m.name AS method, h.name AS hardware, h.class AS class, r.paper AS paper, r.role AS role
ORDER BY role
WITH method, hardware, class, count(DISTINCT paper) AS papers, collect(DISTINCT role) AS roles
RETURN method, hardware, class, papers,
       CASE WHEN size(roles) > 0 THEN reduce(joined = '', role IN roles | joined + CASE WHEN joined = '' THEN '' ELSE ', ' END + role) END AS roles
