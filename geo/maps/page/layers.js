"use strict";
/* The map and one drawing function per layer. */
/* The map */
/* One canvas for all: browsers print a canvas as if it were opaque, and a second one would hide the first. */
geoMap.getContainer().setAttribute("aria-label", texts.unit);
L.control.attribution({ prefix: false, position: "bottomleft" }).addAttribution(escaped(data.credit)).addTo(geoMap);
if (data.tiles) { L.tileLayer(data.tiles.url, { attribution: escaped(data.tiles.credit), maxZoom: 19 }).addTo(geoMap); }
function escaped(text) { return element("span", { text: text }).innerHTML; }
var canvas = L.canvas({ padding: 0.3, tolerance: 5 });
L.control.zoom({ position: "topleft", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(geoMap);
var Whole = L.Control.extend({
  onAdd: function () {
    var press = button("⤢", function () { geoMap.fitBounds(data.bounds, { padding: [15, 15], animate: false }); }, "whole");
    press.setAttribute("aria-label", words.wholeUnit);
    press.setAttribute("title", words.wholeUnit);
    L.DomEvent.disableClickPropagation(press);
    return press;
  }
});
new Whole({ position: "topleft" }).addTo(geoMap);
var Scale = L.Control.Scale.extend({
  _updateMetric: function (most) {
    var metres = this._getRoundNum(most);
    var label = metres < 1000 ? metres + " " + words.metres : metres / 1000 + " " + words.kilometres;
    this._updateScale(this._mScale, label, metres / most);
  }
});
new Scale({ imperial: false, position: "bottomright" }).addTo(geoMap);

/* Half the size of a square or cross, in pixels. */
var MARK = 5;
/* How small symbols are drawn: whole where few places are in sight, a third where thousands share the screen. */
var crowd = 1;
function crowdInSight() {
  var size = geoMap.getSize(), bounds = geoMap.getBounds(), count = 0;
  places.positions.forEach(function (position) { if (bounds.contains(latLng(position))) { count += 1; } });
  var room = Math.sqrt(size.x * size.y / (400 * Math.max(count, 1)));
  return room >= 1 ? 1 : room >= 0.7 ? 0.7 : room >= 0.5 ? 0.5 : 0.35;
}
function mark() { return MARK * crowd; }
/* A circle, square, diamond or cross whose size is in pixels, on the canvas that holds thousands. */
var Symbol = L.CircleMarker.extend({
  _updatePath: function () {
    var context = canvas._ctx, point = this._point.add(this.options.shift || [0, 0]), radius = this._radius, kind = this.options.kind;
    if (!canvas._drawing || this._empty()) { return; }
    context.beginPath();
    if (kind === "square" || kind === "gauge") { context.rect(point.x - radius, point.y - radius, 2 * radius, 2 * radius); }
    else if (kind === "diamond") {
      context.moveTo(point.x, point.y - radius);
      [[radius, 0], [0, radius], [-radius, 0]].forEach(function (corner) {
        context.lineTo(point.x + corner[0], point.y + corner[1]);
      });
      context.closePath();
    } else if (kind === "up" || kind === "down") {
      triangle(radius, kind === "down").forEach(function (corner) { context.lineTo(point.x + corner[0], point.y + corner[1]); });
      context.closePath();
    } else if (kind === "plus") {
      context.moveTo(point.x - radius, point.y);
      context.lineTo(point.x + radius, point.y);
      context.moveTo(point.x, point.y - radius);
      context.lineTo(point.x, point.y + radius);
    } else if (kind !== "cross") { context.arc(point.x, point.y, radius, 0, 2 * Math.PI); }
    if (kind !== "cross") { canvas._fillStroke(context, this); }
    if (kind === "gauge") { this._level(context, point, radius); }
    if (this.options.dot) {
      context.beginPath();
      context.arc(point.x, point.y, radius * this.options.dot, 0, 2 * Math.PI);
      context.globalAlpha = 1;
      context.fillStyle = this.options.dotColour || INK;
      context.fill();
    }
    if (kind === "cross") { this._cross(context, point, Math.max(mark(), radius * 0.7)); }
  },
  /* How full: coloured from the bottom up, inside the outline. */
  _level: function (context, point, radius) {
    var inside = radius - this.options.weight / 2, high = 2 * inside * this.options.level;
    context.globalAlpha = 1;
    context.fillStyle = this.options.levelColour;
    context.fillRect(point.x - inside, point.y + inside - high, 2 * inside, high);
  },
  _cross: function (context, point, arm) {
    [["#ffffff", 1.2 * mark()], ["#000000", 0.6 * mark()]].forEach(function (stroke) {
      context.globalAlpha = 1;
      context.strokeStyle = stroke[0];
      context.lineWidth = stroke[1];
      context.beginPath();
      context.moveTo(point.x - arm, point.y - arm);
      context.lineTo(point.x + arm, point.y + arm);
      context.moveTo(point.x + arm, point.y - arm);
      context.lineTo(point.x - arm, point.y + arm);
      context.stroke();
    });
  }
});
var mostPeople = 50, allAlike = true;
data.services.forEach(function (one) {
  one.persons.forEach(function (persons) {
    mostPeople = Math.max(mostPeople, persons || 0);
    allAlike = allAlike && (persons || 0) <= 1;
  });
});
/* Area is proportional to people: radius = scale x square root. One scale for every season and plan. */
var scale = Math.min(0.42, 40 / Math.sqrt(mostPeople));
var SMALLEST = 2;
/* Where every settlement counts as one, all are of one size that can be seen. */
function radius(persons) {
  return persons === null || allAlike ? 5 : Math.max(SMALLEST * crowd, scale * Math.sqrt(persons));
}
/* Beyond the norm a centre dot: it grows with the class, so that a greyscale print can be read. */
var DOT = { 3: 0.16, 4: 0.3, 5: 0.45 };
var HOLLOW = { fill: false, color: "#6b6b6b", weight: 2, dot: 0 };
var UNKNOWN = { kind: "diamond", fill: true, fillColor: "#ffffff", fillOpacity: 0.9, color: "#6b6b6b", weight: 2, dot: 0 };
function filled(colour, dot) {
  return { fill: true, fillColor: colour, fillOpacity: 0.9, color: INK, weight: 1.2 * crowd, dot: dot || 0 };
}
function look(code) {
  var one = colouring();
  if (one) { return colouringLook(one, code); }
  if (state.show !== "minutes") {
    if (STATUS[code]) { return filled(STATUS[code], code === "b" ? 0.3 : 0); }
    return code === "k" ? UNKNOWN : HOLLOW;
  }
  if (code === "x") { return { kind: "cross", dot: 0 }; }
  if (code === "n") { return UNKNOWN; }
  return data.colours[code] ? filled(data.colours[code], DOT[code]) : HOLLOW;
}
/* What a circle's colour says: its class in minutes or of another view, or its status under a norm. */
function shownCodes() {
  var one = colouring();
  if (one) { return colouringCodes(one); }
  if (state.show === "minutes") { return classes(); }
  return service().norms.filter(function (norm) { return norm.key === state.show; })[0].codes.split("");
}

function background(style) {
  return function (content, group) {
    content.areas.forEach(function (rings) {
      L.polygon(rings.map(path), Object.assign({ renderer: canvas, interactive: false }, style)).addTo(group);
    });
    if (content.lines.length) {
      var line = Object.assign({}, style, { renderer: canvas, interactive: false, fill: false });
      L.polyline(content.lines.map(path), line).addTo(group);
    }
  };
}
/* Beside: smaller, up and to the right of the place, so that its own symbol stays visible. */
function symbolMarker(site, shapes, label, beside) {
  var anchor = beside ? freeSide(site) : [15, 15];
  var icon = L.divIcon({ className: "symbol", html: drawing(30, shapes), iconSize: [30, 30], iconAnchor: anchor });
  var marker = L.marker(latLng(site.position), { icon: icon, title: siteName(data.sites.indexOf(site)) + ": " + label, riseOnHover: true });
  marker.on("click", function () { openSite(site); });
  marker.on("keydown", function (event) {
    if (["Enter", " "].indexOf(event.originalEvent.key) < 0) { return; }
    opener = marker.getElement();
    openSite(site);
  });
  return marker;
}
/* The corner of a place at which a star covers least of other places' symbols. */
var SIDES = [[2, 28], [28, 28], [2, 2], [28, 2]];
function freeSide(site) {
  var own = geoMap.latLngToLayerPoint(latLng(site.position)), best = SIDES[0], least = Infinity;
  SIDES.forEach(function (anchor) {
    var left = own.x - anchor[0], top = own.y - anchor[1], covered = 0;
    places.positions.forEach(function (position, place) {
      var point = geoMap.latLngToLayerPoint(latLng(position)), size = Math.max(mark(), radius(service().persons[place]));
      var wide = Math.min(point.x + size, left + 30) - Math.max(point.x - size, left);
      var high = Math.min(point.y + size, top + 30) - Math.max(point.y - size, top);
      if (place !== site.settlement && wide > 0 && high > 0) { covered += wide * high; }
    });
    if (covered < least) { best = anchor; least = covered; }
  });
  return best;
}
/* Beside the circle of its place, so that the circle's own colour and dot stay visible. */
function besidePlace(site, side) {
  if (site.settlement === null) { return [0, 0]; }
  var off = 0.7 * Math.max(mark(), radius(service().persons[site.settlement])) + 4 * crowd;
  return [side * off, -side * off];
}
function eachSite(numbers, draw) {
  numbers.forEach(function (number) {
    if (data.sites[number].service === state.service) { draw(data.sites[number]); }
  });
}
function siteLabel(site) {
  if (!site.inUnit) { return words.neighbour; }
  return site.serves ? words.existing : words.lowerLevel;
}
/* What only the plan does is drawn with the plan; until then a facility to be closed is one like the others. */
function withPlan() { return state.plan === "headline"; }
function closedNumbers() {
  if (state.plan === "proposal") { return triedOf(state.service).close; }
  return withPlan() ? layers.closed.data : [];
}
function facilityNumbers() {
  var closed = closedNumbers();
  return layers.facilities.data.concat(layers.closed.data).filter(function (number) { return closed.indexOf(number) < 0; });
}
/* In a proposal the recommended stars stand only where the proposal opens them. */
function recommendedNumbers() {
  return layers.recommended.data.filter(function (number) { return state.plan !== "proposal" || isOpenTried(number); });
}
function proposedNumbers() {
  if (state.plan !== "proposal") { return []; }
  return triedOf(state.service).open.filter(function (number) { return data.sites[number].rank === null; });
}
function candidateNumbers() {
  if (state.plan !== "proposal" || !canTry()) { return []; }
  return service().try.columns.filter(function (number) { return mayOpen(number) && !isOpenTried(number); });
}
function circles(group, chosen) {
  var codes = shownCodes(), persons = service().persons;
  places.ids.map(function (_id, place) { return place; })
    .filter(function (place) { return codes[place] !== " " && (codes[place] === "x") === chosen; })
    .sort(function (one, other) { return (persons[other] || 0) - (persons[one] || 0); })
    .forEach(function (place) {
      var options = Object.assign({ renderer: canvas, radius: radius(persons[place]) }, look(codes[place]));
      new Symbol(latLng(places.positions[place]), options).on("click", function () { openPlace(place); }).addTo(group);
    });
}
/* Neighbouring colours differ: hues a golden angle apart. */
function tint(number) { return "hsl(" + Math.round(number * 137.5) % 360 + ",55%,80%)"; }
/* The same hue, dark enough for a line on white. */
function shade(number) { return "hsl(" + Math.round(number * 137.5) % 360 + ",65%,42%)"; }
/* What was worked out for the service, plan and season that are shown; nothing for a proposal. */
function reachShown() {
  return layers.reach.data.filter(function (one) {
    return one.service === state.service && one.plan === state.plan && one.season === state.season;
  });
}
function roadCatchments() {
  var season = state.season === "worst" ? service().hardest : state.season;
  return layers.road_catchments.data.filter(function (one) {
    return one.service === state.service && one.views.some(function (view) { return view[0] === state.plan && view[1] === season; });
  });
}
/* The colours of the circles' classes: up to half the norm, and up to the norm. */
var REACH = [data.colours[2], data.colours[1]];
function reachColour(one) { return one.ms < service().limitMs ? REACH[1] : REACH[0]; }
function roadLines(group, roads, style) {
  roads.forEach(function (road) {
    L.polyline(road.lines.map(path), Object.assign({ renderer: canvas, interactive: false }, style(road))).addTo(group);
  });
}
/* Over tiles the unit's own areas are outlines only. */
var AREA = data.tiles ? 0 : 1;
/* One function per layer, by its name in geo/maps/layers. */
var drawers = {
  neighbours: background({ color: "#8a8a8a", weight: 1, fillColor: "#e3e3e3", fillOpacity: 0.7 * AREA }),
  boundary: background({
    color: "#3d3d3d", weight: layers.boundary.data.areas.length > 30 ? 0.8 : 2, fill: true, fillColor: "#ffffff",
    fillOpacity: 0.55 * AREA
  }),
  unit_types: function (units, group) { drawUnits(units, group); },
  catchments: function (cells, group) {
    var sites = view(state.plan).sites;
    cells.forEach(function (areas, place) {
      areas.forEach(function (rings) {
        L.polygon(rings.map(path), {
          renderer: canvas, interactive: false, stroke: true, weight: 0.5, color: "#ffffff",
          fillColor: sites[place] < 0 ? "#ffffff" : tint(sites[place]), fillOpacity: 0.8
        }).addTo(group);
      });
    });
  },
  reach: function (_content, group) {
    reachShown().forEach(function (one) {
      one.areas.forEach(function (rings) {
        L.polygon(rings.map(path), {
          renderer: canvas, interactive: false, color: REACH[1], weight: 2, opacity: 0.8,
          fillColor: reachColour(one), fillOpacity: 0.4
        }).addTo(group);
      });
    });
  },
  waters: background({ color: "#5b9dbd", weight: 1, fillColor: "#cfe6f2", fillOpacity: AREA }),
  hazards: function (content, group) {
    content.forEach(function (zone) {
      background({ color: "#7a3300", weight: 1.5, dashArray: "2 4", fillColor: "#d9822b", fillOpacity: 0.15 })(zone, group);
    });
  },
  roads: function (content, group) {
    roadLines(group, content, function (road) {
      return {
        color: isClosed(road) ? RED : ROAD, weight: (ROAD_WIDTH[road.category] || 1) * crowd, dashArray: road.closed.length ? "6 5" : null
      };
    });
  },
  surfaces: function (_content, group) {
    roadLines(group, layers.roads.data, function (road) {
      return { color: SURFACE[road.surface], weight: (ROAD_WIDTH[road.category] || 1) + 0.6, dashArray: isClosed(road) ? "2 6" : null };
    });
  },
  road_catchments: function (_content, group) {
    roadCatchments().forEach(function (one) {
      L.polyline(one.lines.map(path), {
        renderer: canvas, interactive: false, color: shade(one.site), weight: 3, opacity: 0.9
      }).addTo(group);
    });
  },
  legs: function (content, group) {
    L.polyline(content.lines.map(path), {
      renderer: canvas, interactive: false, color: "#3d3d3d", weight: 1, dashArray: "2 5"
    }).addTo(group);
  },
  assignment: function (_content, group) {
    var lines = [];
    view(state.plan).sites.forEach(function (site, place) {
      if (site >= 0) { lines.push([latLng(places.positions[place]), latLng(data.sites[site].position)]); }
    });
    L.polyline(lines, { renderer: canvas, interactive: false, color: PURPLE, weight: 1, opacity: 0.8 }).addTo(group);
  },
  settlements: function (_content, group) { circles(group, false); },
  cut_off: function (_content, group) { circles(group, true); },
  facilities: function (_numbers, group) {
    eachSite(facilityNumbers(), function (site) {
      new Symbol(latLng(site.position), {
        renderer: canvas, kind: "square", radius: site.serves ? mark() : 0.6 * mark(), color: "#ffffff", weight: crowd,
        shift: site.serves ? [0, 0] : besidePlace(site, -1),
        fill: true, fillColor: site.inUnit ? INK : "#757575", fillOpacity: 1
      }).on("click", function () { openSite(site); }).addTo(group);
    });
  },
  load: function (_rows, group) { drawLoad(group); },
  candidates: function (_content, group) {
    eachSite(candidateNumbers(), function (site) {
      new Symbol(latLng(site.position), {
        renderer: canvas, kind: "plus", radius: 4, color: GREEN, weight: 1.5, fill: false, shift: besidePlace(site, 1)
      }).on("click", function () { openSite(site); }).addTo(group);
    });
  },
  closed: function (_numbers, group) {
    eachSite(closedNumbers(), function (site) {
      symbolMarker(site, [{ d: CROSSED, fill: "#ffffff", stroke: INK, "stroke-width": 2.5 }], words.closing).addTo(group);
    });
  },
  second_best: function (numbers, group) {
    if (!withPlan()) { return; }
    eachSite(numbers, function (site) {
      symbolMarker(site, [{ d: STAR, fill: "#ffffff", stroke: PURPLE, "stroke-width": 2 }], words.secondBest).addTo(group);
    });
  },
  recommended: function (_numbers, group) {
    eachSite(recommendedNumbers(), function (site) { star(site, PURPLE, site.rank, fill(words.recommended, { rank: site.rank })).addTo(group); });
  },
  proposed: function (_content, group) {
    eachSite(proposedNumbers(), function (site) { star(site, GREEN, "?", words.proposed).addTo(group); });
  },
  programme: function (_items, group) { drawProgramme(group); },
  rounds: function (_rounds, group) { drawRounds(group); },
  ways: function (_sites, group) { drawWays(group); },
  proposals: function (_rows, group) { drawProposals(group); },
  worse_off: function (_places, group) { drawWorseOff(group); }
};
function star(site, colour, sign, label) {
  var text = { tag: "text", y: 4, "text-anchor": "middle", "font-size": 11, "font-weight": 700, fill: "#ffffff", text: sign };
  var shape = { d: STAR, fill: colour, stroke: "#ffffff", "stroke-width": 1 };
  return symbolMarker(site, [shape, text], label, state.plan === "baseline").setZIndexOffset(500);
}
var groups = {};
data.layers.forEach(function (layer) {
  groups[layer.name] = L.layerGroup();
  if (layer.shown) { groups[layer.name].addTo(geoMap); }
});
var changing = [
  "catchments", "reach", "roads", "surfaces", "road_catchments", "assignment", "settlements", "cut_off", "facilities", "load", "candidates", "closed",
  "second_best", "recommended", "proposed", "programme", "rounds", "ways", "proposals"
];
/* A layer that is not shown costs nothing until it is. */
function drawLayer(name) {
  groups[name].clearLayers();
  if (geoMap.hasLayer(groups[name])) { drawers[name](layers[name].data, groups[name]); }
}
function stack() {
  data.layers.forEach(function (layer) {
    if (geoMap.hasLayer(groups[layer.name])) {
      groups[layer.name].eachLayer(function (shape) { if (shape.bringToFront) { shape.bringToFront(); } });
    }
  });
}
