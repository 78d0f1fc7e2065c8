const path = require("node:path");

/** The project's root folder. */
const root = path.resolve(__dirname, "../..");

/** Where everything lies that set-up and local AWS make; never committed. */
const local = path.join(root, ".local-aws");

module.exports = { root, local };
