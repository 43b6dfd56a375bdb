# Papergraph with the Neo4j driver: docker build -t papergraph . && docker run --rm -v ./data:/data papergraph --help
FROM python:3.12-slim
WORKDIR /source
COPY locks/neo4j.txt ./
RUN pip install --no-cache-dir --require-hashes -r neo4j.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY schemas schemas
COPY kg kg
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
RUN useradd --create-home papergraph
USER papergraph
WORKDIR /data
ENTRYPOINT ["kg"]
