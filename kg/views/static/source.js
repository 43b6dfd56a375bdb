"use strict";
/* Where more of the graph comes from. A source has
     expand(id)   promises a fragment {papers, nodes, edges, results} of what is linked to a node, as content.py makes it,
                  or null where the page holds all there is;
     more(node)   (where it can tell) whether there is more to expand around a node.
   A page of one file uses the one below; a page beside a server brings one that asks it. */

/* What is not drawn at first is in the data already, marked as ready. */
pg.localSource = () => ({ expand: async () => null });
