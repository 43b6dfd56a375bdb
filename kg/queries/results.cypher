// Figures, with all that they are linked to.
MATCH (figure:Result)
WHERE ($unit = '' OR figure.unit = $unit) AND figure.high >= $min
MATCH (p:Paper {id: figure.paper})
OPTIONAL MATCH (figure)-[:OF_METRIC]->(metric)
WITH figure, p, metric
WHERE $metric = '' OR $metric IN metric.keys
OPTIONAL MATCH (figure)-[:OF_METHOD]->(method)
OPTIONAL MATCH (figure)-[:AGAINST]->(baseline)
OPTIONAL MATCH (figure)-[:ON_DATASET]->(dataset)
OPTIONAL MATCH (figure)-[:ON_HARDWARE]->(hardware)
RETURN DISTINCT metric.name AS metric, method.name AS method, figure.text AS figure, figure.low AS low, figure.high AS high,
       figure.unit AS unit, figure.kind AS kind, figure.bound AS bound, baseline.name AS baseline, dataset.name AS dataset,
       hardware.name AS hardware, p.name AS paper, figure.sentence AS sentence
