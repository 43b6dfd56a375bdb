"use strict";
/* Starts a page of one file. A page beside a server starts in the same way, with a source that asks the server. */
pg.app = pg.start(JSON.parse(pg.at("data").textContent), pg.localSource());
