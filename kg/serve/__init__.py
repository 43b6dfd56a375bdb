"""The explorer and the query endpoints over one graph folder, read-only. Needs papergraph[serve]."""
