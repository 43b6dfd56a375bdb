"use strict";
/* Where more of the graph comes from. A source has `expand(id)`, which promises a fragment
   {papers, nodes, edges, results} of what is linked to a node, or null where the page holds all there is. */

/* A page of one file: what is not drawn at first is in the data already, marked as ready. */
pg.localSource = () => ({ expand: async () => null });
