"""Records to Nodes and Statements, and the log that keeps the Records."""

from kg.graph.facts import Facts
from kg.graph.log import Log, Row
from kg.graph.nodes import Joined, Node, Nodes
from kg.graph.statements import Figure, PaperFacts, Statement, paper_facts

__all__ = ["Facts", "Figure", "Joined", "Log", "Node", "Nodes", "PaperFacts", "Row", "Statement", "paper_facts"]
