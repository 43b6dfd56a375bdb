// Ratios about speed, latency or throughput of papers whose work runs on the hardware: one row a figure. The hardware is the
// figure's own, else what the paper runs on; role and number of devices are of that hardware in that paper.
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
OPTIONAL MATCH ()-[run:RUNS_ON]->(node)
WHERE run.paper = figure.paper
WITH figure, node.name AS machine, coalesce(run.role, '') AS role, run.devices AS number
ORDER BY machine, role
WITH figure, collect(DISTINCT machine) AS machines, collect(DISTINCT role) AS every, max(number) AS devices
MATCH (p:Paper {id: figure.paper})
OPTIONAL MATCH (figure)-[:OF_METRIC]->(metric)
WITH figure, machines, every, devices, p, metric
WHERE metric IS NULL OR metric.name =~ '(?i).*(speed|fast|latency|latencies|throughput|time|runtime|performance|slowdown|per second|FPS|tokens/s|rate).*'
OPTIONAL MATCH (figure)-[:OF_METHOD]->(method)
OPTIONAL MATCH (figure)-[:AGAINST]->(baseline)
RETURN method.name AS method,
       reduce(joined = '', machine IN machines | joined + CASE WHEN joined = '' THEN '' ELSE ', ' END + machine) AS hardware,
       reduce(joined = '', role IN every | joined + CASE WHEN joined = '' OR role = '' THEN '' ELSE ', ' END + role) AS role, devices,
       figure.text AS figure, figure.low AS low, figure.high AS high, figure.bound AS bound, metric.name AS metric,
       baseline.name AS baseline, p.name AS paper, figure.sentence AS sentence
