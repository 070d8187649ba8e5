"use strict";
/* Times to the nearest open site, exactly as the program computes them: whole milliseconds, worst season, norm. */
var nPlaces = places.ids.length;
function placesOf(one) {
  var assessed = [];
  for (var place = 0; place < nPlaces; place += 1) { if (one.assessed[place] === "1") { assessed.push(place); } }
  return assessed;
}
/* One plan of a service: per season, and for every place's own worst season, milliseconds and site numbers. */
function withWorst(seasons) {
  var names = Object.keys(seasons), worst = { ms: new Int32Array(nPlaces).fill(-1), sites: new Int32Array(nPlaces).fill(-1) };
  names.forEach(function (name) {
    var season = seasons[name];
    for (var place = 0; place < nPlaces; place += 1) {
      if (season.ms[place] > worst.ms[place]) {
        worst.ms[place] = season.ms[place];
        worst.sites[place] = season.sites[place];
      }
    }
  });
  return Object.assign({ worst: worst }, seasons);
}
function fromTables(one, plan) {
  var seasons = {};
  Object.keys(one.times[plan]).forEach(function (name) {
    seasons[name] = {
      ms: Int32Array.from(one.times[plan][name], function (ms) { return ms === null ? UNREACHABLE : ms; }),
      sites: Int32Array.from(one.nearest[plan][name], function (site) { return site === null ? -1 : site; })
    };
  });
  return withWorst(seasons);
}
/* The nearest open site of every place; of equals the first, as in the program. Columns are in ascending order. */
function fromMatrix(one, columns) {
  var matrix = matrices[one.name], rows = one.try.rows, nColumns = one.try.columns.length, seasons = {};
  one.try.seasons.forEach(function (name, season) {
    var ms = new Int32Array(nPlaces).fill(UNREACHABLE), sites = new Int32Array(nPlaces).fill(-1);
    for (var row = 0; row < rows.length; row += 1) {
      var start = (season * rows.length + row) * nColumns, best = UNREACHABLE, at = -1;
      for (var i = 0; i < columns.length; i += 1) {
        var time = matrix[start + columns[i]];
        if (time < best) { best = time; at = columns[i]; }
      }
      ms[rows[row]] = best;
      sites[rows[row]] = at < 0 ? -1 : one.try.columns[at];
    }
    seasons[name] = { ms: ms, sites: sites };
  });
  return withWorst(seasons);
}
var matrices = {}, views = {};
function view(plan, season) {
  var one = service(), key = plan in one.times || plan === "proposal" ? plan : "baseline";
  var own = views[one.name] = views[one.name] || {};
  if (!own[key]) { own[key] = key === "proposal" ? fromMatrix(one, triedColumns(one)) : fromTables(one, key); }
  return own[key][season || state.season];
}
function forget(name) { delete (views[name] || {}).proposal; }

/* Classes of the circles; unknown people and places that cannot be assessed have their own. */
function codeOf(one, place, ms) {
  var most = limit();
  if (one.assessed[place] === "0") { return "n"; }
  if (one.persons[place] === null) { return "u"; }
  if (ms >= UNREACHABLE) { return "x"; }
  if (ms <= most) { return ms <= most / 2 ? "1" : "2"; }
  return ms <= 1.5 * most ? "3" : ms <= 2 * most ? "4" : "5";
}
function classes(plan, season) {
  var one = service(), ms = view(plan || state.plan, season).ms, codes = [];
  for (var place = 0; place < nPlaces; place += 1) { codes.push(codeOf(one, place, ms[place])); }
  return codes;
}
/* Places and people of every class or status; they add up to the unit's. */
function countsOf(codes) {
  var one = service(), counts = {};
  codes.forEach(function (code, place) {
    var count = counts[code] = counts[code] || [0, 0];
    count[0] += 1;
    count[1] += one.persons[place] || 0;
  });
  return counts;
}

/* The figures of `access_district`: everybody counts; mean and longest cover those with a way. */
function measure(one, ms, most) {
  var found = { persons: 0, within: 0, below: 0, cutOff: 0, mean: null, worst: null, ede: null };
  var reached = 0, sum = 0, longest = -1, exponents = [], weights = [];
  placesOf(one).forEach(function (place) {
    var persons = one.persons[place] || 0, time = ms[place];
    found.persons += persons;
    if (time <= most && time < UNREACHABLE) { found.within += persons; } else { found.below += persons; }
    if (time >= UNREACHABLE) { found.cutOff += persons; }
    if (!persons) { return; }
    if (time < UNREACHABLE) {
      reached += persons;
      sum += persons * time;
      longest = Math.max(longest, time);
    }
    exponents.push(-one.kappa * Math.min(time, one.capMs) / MS_PER_MINUTE);
    weights.push(persons);
  });
  if (reached) { found.mean = sum / reached / MS_PER_MINUTE; found.worst = longest / MS_PER_MINUTE; }
  if (weights.length && one.kappa) { found.ede = equalEquivalent(exponents, weights, one.kappa); }
  return found;
}
/* Kolm-Pollak equally-distributed equivalent by log-sum-exp. */
function equalEquivalent(exponents, weights, kappa) {
  var top = exponents.reduce(function (a, b) { return Math.max(a, b); }), total = 0, people = 0;
  exponents.forEach(function (exponent, i) {
    total += weights[i] * Math.exp(exponent - top);
    people += weights[i];
  });
  return -(top + Math.log(total / people)) / kappa;
}
/* Places whose trip gets longer in some season, with the season in which it grows most. */
function losersOf(one) {
  var found = [];
  placesOf(one).forEach(function (place) {
    var worst = null;
    Object.keys(one.times.baseline).forEach(function (season) {
      var before = view("baseline", season).ms[place], after = view("proposal", season).ms[place];
      if (after > before && (!worst || after - before > worst.after - worst.before)) {
        worst = { place: place, season: season, before: before, after: after };
      }
    });
    if (worst) { found.push(worst); }
  });
  return found.sort(function (a, b) { return (b.after - b.before) - (a.after - a.before) || a.place - b.place; });
}

/* All times come packed; a browser that cannot unpack them shows everything but what is tried. */
function unpack(name) {
  var block = byId("times-" + name);
  if (!block || typeof DecompressionStream === "undefined") { return Promise.resolve(); }
  var bytes = Uint8Array.from(atob(block.textContent), function (letter) { return letter.charCodeAt(0); });
  var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer().then(function (buffer) {
    var values = new DataView(buffer), matrix = new Int32Array(buffer.byteLength / 4);
    for (var i = 0; i < matrix.length; i += 1) { matrix[i] = values.getInt32(4 * i, true); }
    matrices[name] = matrix;
  });
}
