// In place of the package `prom-client`, the parts of it that are used: the whole brings a push gateway, clusters and packages.
exports.Registry = require('../node_modules/prom-client/lib/registry.js');
exports.Counter = require('../node_modules/prom-client/lib/counter.js');
exports.Gauge = require('../node_modules/prom-client/lib/gauge.js');
exports.Histogram = require('../node_modules/prom-client/lib/histogram.js');
