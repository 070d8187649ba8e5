"use strict";
/* The map and one drawing function per layer. */
/* The map */
/* One canvas for all: browsers print a canvas as if it were opaque, and a second one would hide the first. */
var canvas = L.canvas({ padding: 0.3, tolerance: 5 });
L.control.zoom({ position: "topleft", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(geoMap);
var Scale = L.Control.Scale.extend({
  _updateMetric: function (most) {
    var metres = this._getRoundNum(most);
    var label = metres < 1000 ? metres + " " + words.metres : metres / 1000 + " " + words.kilometres;
    this._updateScale(this._mScale, label, metres / most);
  }
});
new Scale({ imperial: false, position: "bottomright" }).addTo(geoMap);

/* A circle, square, diamond or cross whose size is in pixels, on the canvas that holds thousands. */
var Symbol = L.CircleMarker.extend({
  _updatePath: function () {
    var context = canvas._ctx, point = this._point, radius = this._radius, kind = this.options.kind;
    if (!canvas._drawing || this._empty()) { return; }
    context.beginPath();
    if (kind === "square") { context.rect(point.x - radius, point.y - radius, 2 * radius, 2 * radius); }
    else if (kind === "diamond") {
      context.moveTo(point.x, point.y - radius);
      [[radius, 0], [0, radius], [-radius, 0]].forEach(function (corner) {
        context.lineTo(point.x + corner[0], point.y + corner[1]);
      });
      context.closePath();
    } else if (kind !== "cross") { context.arc(point.x, point.y, radius, 0, 2 * Math.PI); }
    if (kind !== "cross") { canvas._fillStroke(context, this); }
    if (this.options.dot) {
      context.beginPath();
      context.arc(point.x, point.y, radius * this.options.dot, 0, 2 * Math.PI);
      context.globalAlpha = 1;
      context.fillStyle = INK;
      context.fill();
    }
    if (kind === "cross") { this._cross(context, point, Math.max(5, radius * 0.7)); }
  },
  _cross: function (context, point, arm) {
    [["#ffffff", 6], ["#000000", 3]].forEach(function (stroke) {
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
var mostPeople = 50;
data.services.forEach(function (one) {
  places.services[one.name].persons.forEach(function (persons) { mostPeople = Math.max(mostPeople, persons || 0); });
});
/* Area is proportional to people: radius = scale x square root. One scale for every season and plan. */
var scale = Math.min(0.42, 40 / Math.sqrt(mostPeople));
var SMALLEST = 2;
function radius(persons) { return persons === null ? 5 : Math.max(SMALLEST, scale * Math.sqrt(persons)); }
/* Beyond the norm a centre dot: it grows with the class, so that a greyscale print can be read. */
var DOT = { 3: 0.16, 4: 0.3, 5: 0.45 };
function look(code) {
  if (code === "x") { return { kind: "cross", dot: 0 }; }
  if (code === "n") { return { kind: "diamond", fill: true, fillColor: "#ffffff", fillOpacity: 0.9, color: "#6b6b6b", weight: 2, dot: 0 }; }
  if (!data.colours[code]) { return { fill: false, color: "#6b6b6b", weight: 2, dot: 0 }; }
  return { fill: true, fillColor: data.colours[code], fillOpacity: 0.9, color: INK, weight: 1.2, dot: DOT[code] || 0 };
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
  var icon = L.divIcon({ className: "symbol", html: drawing(30, shapes), iconSize: [30, 30], iconAnchor: beside ? [2, 28] : [15, 15] });
  var marker = L.marker(latLng(site.position), { icon: icon, title: site.name + ": " + label, riseOnHover: true });
  marker.on("click", function () { openSite(site); });
  return marker;
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
function withPlan() { return state.plan !== "baseline"; }
function facilityNumbers() { return layers.facilities.data.concat(withPlan() ? [] : layers.closed.data); }
/* One function per layer, by its name in geo/maps/layers. */
var drawers = {
  neighbours: background({ color: "#8a8a8a", weight: 1, fillColor: "#e3e3e3", fillOpacity: 0.7 }),
  boundary: background({ color: "#3d3d3d", weight: 2, fill: true, fillColor: "#ffffff", fillOpacity: 0.55 }),
  waters: background({ color: "#5b9dbd", weight: 1, fillColor: "#cfe6f2", fillOpacity: 1 }),
  hazards: function (content, group) {
    content.forEach(function (zone) {
      background({ color: "#7a3300", weight: 1.5, dashArray: "2 4", fillColor: "#d9822b", fillOpacity: 0.15 })(zone, group);
    });
  },
  roads: function (content, group) {
    content.forEach(function (road) {
      var closed = isClosed(road);
      L.polyline(road.lines.map(path), {
        renderer: canvas, interactive: false, color: closed ? RED : ROAD,
        weight: ROAD_WIDTH[road.category] || 1, dashArray: road.closed.length ? "6 5" : null
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
    nearest(state.plan).forEach(function (number, place) {
      if (number !== null) { lines.push([latLng(places.positions[place]), latLng(data.sites[number].position)]); }
    });
    L.polyline(lines, { renderer: canvas, interactive: false, color: PURPLE, weight: 1, opacity: 0.8 }).addTo(group);
  },
  settlements: function (_content, group) {
    var codes = classes(), persons = access().persons;
    places.names.map(function (_name, number) { return number; })
      .sort(function (one, other) { return (persons[other] || 0) - (persons[one] || 0); })
      .forEach(function (number) {
        var options = Object.assign({ renderer: canvas, radius: radius(persons[number]) }, look(codes[number]));
        new Symbol(latLng(places.positions[number]), options)
          .on("click", function () { openPlace(number); }).addTo(group);
      });
  },
  facilities: function (_numbers, group) {
    eachSite(facilityNumbers(), function (site) {
      var colour = site.inUnit ? INK : "#757575";
      new Symbol(latLng(site.position), {
        renderer: canvas, kind: "square", radius: site.serves ? 5 : 3, color: "#ffffff", weight: 1,
        fill: true, fillColor: colour, fillOpacity: 1
      }).on("click", function () { openSite(site); }).addTo(group);
    });
  },
  closed: function (numbers, group) {
    if (!withPlan()) { return; }
    eachSite(numbers, function (site) {
      symbolMarker(site, [{ d: CROSSED, fill: "#ffffff", stroke: INK, "stroke-width": 2.5 }], words.closing).addTo(group);
    });
  },
  second_best: function (numbers, group) {
    if (!withPlan()) { return; }
    eachSite(numbers, function (site) {
      symbolMarker(site, [{ d: STAR, fill: "#ffffff", stroke: PURPLE, "stroke-width": 2 }], words.secondBest).addTo(group);
    });
  },
  recommended: function (numbers, group) {
    eachSite(numbers, function (site) {
      var number = { tag: "text", y: 4, "text-anchor": "middle", "font-size": 11, "font-weight": 700, fill: "#ffffff", text: site.rank };
      var star = { d: STAR, fill: PURPLE, stroke: "#ffffff", "stroke-width": 1 };
      symbolMarker(site, [star, number], fill(words.recommended, { rank: site.rank }), !withPlan()).setZIndexOffset(500).addTo(group);
    });
  }
};
var groups = {};
data.layers.forEach(function (layer) {
  groups[layer.name] = L.layerGroup();
  if (layer.shown) { groups[layer.name].addTo(geoMap); }
});
var changing = ["roads", "assignment", "settlements", "facilities", "closed", "second_best", "recommended"];
function drawLayer(name) {
  groups[name].clearLayers();
  drawers[name](layers[name].data, groups[name]);
}

function stack() {
  data.layers.forEach(function (layer) {
    if (geoMap.hasLayer(groups[layer.name])) {
      groups[layer.name].eachLayer(function (shape) { if (shape.bringToFront) { shape.bringToFront(); } });
    }
  });
}
