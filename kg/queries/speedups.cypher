// Ratios about speed, latency or throughput of papers whose work runs on the hardware: one row a figure. The hardware is the
// figure's own, else what the paper runs on.
MATCH (node:Hardware)
WHERE node.vendorKey = $hardware OR EXISTS { MATCH (node)-[:BROADER*0..10]->(above:Hardware) WHERE $hardware IN above.keys }
CALL (node) {
  MATCH (figure:Result)-[:ON_HARDWARE]->(node)
  RETURN figure
  UNION
  MATCH ()-[r:RUNS_ON]->(node)
  WITH DISTINCT r.paper AS id
  MATCH (:Paper {id: id})-[:REPORTS]->(figure:Result)
  WHERE NOT EXISTS { MATCH (figure)-[:ON_HARDWARE]->() }
  RETURN figure
}
WITH figure, node
WHERE figure.unit = 'x'
WITH figure, node.name AS machine
ORDER BY machine
WITH figure, collect(DISTINCT machine) AS machines
MATCH (p:Paper {id: figure.paper})
OPTIONAL MATCH (figure)-[:OF_METRIC]->(metric)
WITH figure, machines, p, metric
WHERE metric IS NULL OR metric.name =~ '(?i).*(speed|fast|latency|latencies|throughput|time|runtime|performance|slowdown|per second|FPS|tokens/s|rate).*'
OPTIONAL MATCH (figure)-[:OF_METHOD]->(method)
OPTIONAL MATCH (figure)-[:AGAINST]->(baseline)
RETURN method.name AS method,
       reduce(joined = '', machine IN machines | joined + CASE WHEN joined = '' THEN '' ELSE ', ' END + machine) AS hardware,
       figure.text AS figure, figure.low AS low, figure.high AS high, figure.bound AS bound, metric.name AS metric,
       baseline.name AS baseline, p.name AS paper, figure.sentence AS sentence
