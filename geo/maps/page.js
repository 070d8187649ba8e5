"use strict";
/* The map page: draws the data block and answers the controls. Names reach the page as text nodes only, never as markup. */
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var words = data.words;
  var PER_DEGREE = 100000;
  var MOST_ROWS = 200;
  var MOST_LABELS = 80;
  var PIXELS_PER_LABEL = 9000;
  var STAR = "M0-13 3.8-5.2 12.4-4 6.2 2 7.6 10.5 0 6.5-7.6 10.5-6.2 2-12.4-4-3.8-5.2Z";
  var CROSSED = "M-9-9H9V9H-9ZM-9-9L9 9M9-9L-9 9";
  var PURPLE = "#5e3c99", INK = "#1a1a1a", RED = "#c4001a", ROAD = "#6e6259";
  var ROAD_WIDTH = { I: 4, II: 3.4, III: 2.8, IV: 2.2, V: 1.6 };
  var layers = {};
  data.layers.forEach(function (layer) { layers[layer.name] = layer; });
  var places = layers.settlements.data;
  var state = { service: data.services[0].name, season: "worst", plan: "baseline", sort: "people", down: true, all: false };

  /* Small helpers */
  function fill(pattern, values) {
    return pattern.replace(/\{(\w+)\}/g, function (_all, key) { return values[key]; });
  }
  function whole(number) {
    return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, data.numbers.group);
  }
  function minutes(value) {
    if (value === null) { return data.numbers.noWay; }
    var hours = Math.floor(value / 60), rest = value % 60, text;
    if (value <= 120) { text = fill(words.minutes, { minutes: value }); }
    else if (rest) { text = fill(words.hoursMinutes, { hours: hours, minutes: rest }); }
    else { text = fill(words.hours, { hours: hours }); }
    return text.replace(/ /g, "\u00a0");
  }
  function element(tag, options, children) {
    var node = document.createElement(tag);
    Object.keys(options || {}).forEach(function (key) {
      if (key === "text") { node.textContent = options.text; } else { node.setAttribute(key, options[key]); }
    });
    (children || []).forEach(function (child) { node.appendChild(child); });
    return node;
  }
  function drawing(size, shapes) {
    var space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", [-size / 2, -size / 2, size, size].join(" "));
    svg.setAttribute("width", size);
    svg.setAttribute("height", size);
    svg.setAttribute("aria-hidden", "true");
    shapes.forEach(function (shape) {
      var node = document.createElementNS(space, shape.tag || "path");
      Object.keys(shape).forEach(function (key) {
        if (key === "text") { node.textContent = shape.text; } else if (key !== "tag") { node.setAttribute(key, shape[key]); }
      });
      svg.appendChild(node);
    });
    return svg;
  }
  function path(steps) {
    var x = 0, y = 0, points = [];
    for (var i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      points.push([y / PER_DEGREE, x / PER_DEGREE]);
    }
    return points;
  }
  function latLng(position) { return [position[1], position[0]]; }
  function service() { return data.services.filter(function (one) { return one.name === state.service; })[0]; }
  function access() { return places.services[state.service]; }
  function times(plan, season) { return (access().minutes[plan] || access().minutes.baseline)[season]; }
  function classes() { return access().classes[state.plan][state.season]; }
  function nearest(plan) { return (layers.assignment.data[state.service][plan] || {})[state.season] || []; }
  function seasonLabel(name) {
    return service().seasons.filter(function (one) { return one.name === name; })[0].label;
  }
  function planLabel() { return state.plan === "baseline" ? words.today : words.after; }
  /* Where places differ in their worst season, a road closed in any season matters to somebody. */
  function isClosed(road) {
    if (state.season !== "worst") { return road.closed.indexOf(state.season) >= 0; }
    return service().oneWorst ? road.closed.indexOf(service().hardest) >= 0 : road.closed.length > 0;
  }
  function people(number) {
    var persons = access().persons[number];
    if (persons === null) { return words.peopleUnknown; }
    return access().imputed[number] ? fill(words.imputed, { people: whole(persons) }) : whole(persons);
  }

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

  /* A circle, square or cross whose size is in pixels, on the canvas that holds thousands. */
  var Symbol = L.CircleMarker.extend({
    _updatePath: function () {
      var context = canvas._ctx, point = this._point, radius = this._radius, kind = this.options.kind;
      if (!canvas._drawing || this._empty()) { return; }
      context.beginPath();
      if (kind === "square") { context.rect(point.x - radius, point.y - radius, 2 * radius, 2 * radius); }
      else if (kind !== "cross") { context.arc(point.x, point.y, radius, 0, 2 * Math.PI); }
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
  function symbolMarker(site, shapes, label) {
    var icon = L.divIcon({ className: "symbol", html: drawing(30, shapes), iconSize: [30, 30] });
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
    facilities: function (numbers, group) {
      eachSite(numbers, function (site) {
        var colour = site.inUnit ? INK : "#757575";
        new Symbol(latLng(site.position), {
          renderer: canvas, kind: "square", radius: site.serves ? 5 : 3, color: "#ffffff", weight: 1,
          fill: true, fillColor: colour, fillOpacity: 1
        }).on("click", function () { openSite(site); }).addTo(group);
      });
    },
    closed: function (numbers, group) {
      eachSite(numbers, function (site) {
        symbolMarker(site, [{ d: CROSSED, fill: "#ffffff", stroke: INK, "stroke-width": 2.5 }], words.closing).addTo(group);
      });
    },
    second_best: function (numbers, group) {
      eachSite(numbers, function (site) {
        symbolMarker(site, [{ d: STAR, fill: "#ffffff", stroke: PURPLE, "stroke-width": 2 }], words.secondBest).addTo(group);
      });
    },
    recommended: function (numbers, group) {
      eachSite(numbers, function (site) {
        var number = { tag: "text", y: 4, "text-anchor": "middle", "font-size": 11, "font-weight": 700, fill: "#ffffff", text: site.rank };
        var star = { d: STAR, fill: PURPLE, stroke: "#ffffff", "stroke-width": 1 };
        symbolMarker(site, [star, number], fill(words.recommended, { rank: site.rank })).setZIndexOffset(500).addTo(group);
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

  /* Popups */
  function seasonTable(number) {
    var head = element("tr", {}, [element("th", { text: words.season, scope: "col" })]);
    service().plans.forEach(function (plan) {
      head.appendChild(element("th", { text: plan === "baseline" ? words.today : words.after, scope: "col", class: "number" }));
    });
    var body = service().seasons.map(function (season) {
      var row = element("tr", season.name === state.season ? { class: "now" } : {}, [element("th", { text: season.label, scope: "row" })]);
      service().plans.forEach(function (plan) {
        row.appendChild(element("td", { text: minutes(times(plan, season.name)[number]), class: "number" }));
      });
      return row;
    });
    return element("table", {}, [element("thead", {}, [head]), element("tbody", {}, body)]);
  }
  function line(label, text) { return element("p", { text: label + ": " + text }); }
  function placeContent(number) {
    var box = element("div", { class: "popup", tabindex: "-1" }, [
      element("h3", { text: places.names[number] }), line(words.people, people(number)), seasonTable(number)
    ]);
    service().plans.forEach(function (plan) {
      var today = plan === "baseline", site = data.sites[nearest(plan)[number]];
      box.appendChild(line(today ? words.verdictToday : words.verdictAfter, access().verdicts[plan][number]));
      if (site) { box.appendChild(line(today ? words.nearestToday : words.nearestAfter, site.name)); }
    });
    if (places.roadKm[number] > 1) { box.appendChild(element("p", { text: fill(words.roadKm, { km: places.roadKm[number] }) })); }
    return box;
  }
  function siteContent(site) {
    var text = site.rank ? fill(words.recommended, { rank: site.rank }) : siteLabel(site);
    var number = data.sites.indexOf(site);
    if (layers.closed.data.indexOf(number) >= 0) { text = words.closing; }
    if (layers.second_best.data.indexOf(number) >= 0) { text = words.secondBest; }
    return element("div", { class: "popup", tabindex: "-1" }, [
      element("h3", { text: site.name }), element("p", { text: site.level ? site.level + ", " + text : text })
    ]);
  }
  var opener = null;
  function openPopup(position, content) {
    if (!geoMap.getBounds().pad(-0.1).contains(position)) { geoMap.setView(position, geoMap.getZoom(), { animate: false }); }
    L.popup({ maxWidth: Math.min(340, geoMap.getSize().x - 60), autoPanPadding: [10, 10] })
      .setLatLng(position).setContent(content).openOn(geoMap);
    var button = document.querySelector(".leaflet-popup-close-button");
    button.setAttribute("aria-label", words.close);
    button.setAttribute("title", words.close);
    if (opener) { content.focus({ preventScroll: true }); }
  }
  function openPlace(number) { openPopup(latLng(places.positions[number]), placeContent(number)); }
  function openSite(site) {
    var content = siteContent(site);
    if (site.settlement !== null) { content.appendChild(placeContent(site.settlement)); }
    openPopup(latLng(site.position), content);
  }
  function fromTable(row, open) {
    document.querySelectorAll("tr.chosen").forEach(function (one) { one.classList.remove("chosen"); });
    row.classList.add("chosen");
    opener = row.querySelector(".pick");
    open();
  }
  geoMap.on("popupclose", function () {
    if (opener) { opener.focus({ preventScroll: true }); }
    opener = null;
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { geoMap.closePopup(); } });

  /* Labels: recommended places and the biggest first, each beside its symbol where it covers neither a name nor a symbol. */
  var labels = L.layerGroup().addTo(geoMap);
  function touches(one, other) {
    return !(one[2] < other[0] || other[2] < one[0] || one[3] < other[1] || other[3] < one[1]);
  }
  function labelBoxes(point, gap, width) {
    return [
      [point.x + gap, point.y - 8, point.x + gap + width, point.y + 8],
      [point.x - gap - width, point.y - 8, point.x - gap, point.y + 8],
      [point.x - width / 2, point.y - gap - 16, point.x + width / 2, point.y - gap],
      [point.x - width / 2, point.y + gap, point.x + width / 2, point.y + gap + 16]
    ];
  }
  function drawLabels() {
    labels.clearLayers();
    var size = geoMap.getSize(), persons = access().persons, first = {}, visible = [];
    var most = Math.min(MOST_LABELS, size.x * size.y / PIXELS_PER_LABEL);
    eachSite(layers.recommended.data, function (site) { first[site.settlement] = true; });
    places.names.forEach(function (_name, number) {
      var point = geoMap.latLngToContainerPoint(latLng(places.positions[number]));
      if (size.contains(point) && point.x > 0 && point.y > 0) { visible.push({ number: number, point: point }); }
    });
    var symbols = visible.map(function (place) {
      var half = Math.min(12, Math.max(5, radius(persons[place.number])));
      return [place.point.x - half, place.point.y - half, place.point.x + half, place.point.y + half];
    });
    visible.forEach(function (place, index) { place.index = index; });
    visible.sort(function (one, other) {
      return (first[other.number] ? 1 : 0) - (first[one.number] ? 1 : 0) || (persons[other.number] || 0) - (persons[one.number] || 0);
    });
    var taken = [];
    /* With thousands in sight the small ones have no chance of a label: they are not even tried. */
    visible.slice(0, 5 * MOST_LABELS).some(function (place) {
      var name = places.names[place.number], short = name.length > 24 ? name.slice(0, 23) + "…" : name;
      var gap = Math.max(radius(persons[place.number]), first[place.number] ? 14 : 5) + 4;
      var box = labelBoxes(place.point, gap, 7 * short.length).filter(function (one) {
        return one[0] > 0 && one[2] < size.x && !taken.some(function (other) { return touches(one, other); }) &&
          !symbols.some(function (other, index) { return index !== place.index && touches(one, other); });
      })[0];
      if (box) {
        taken.push(box);
        var text = element("span", { text: short, style: "display:block;text-align:center;width:" + (box[2] - box[0]) + "px" });
        var icon = L.divIcon({
          className: "place-label", html: text, iconSize: null, iconAnchor: [place.point.x - box[0], place.point.y - box[1]]
        });
        L.marker(latLng(places.positions[place.number]), { icon: icon, interactive: false, keyboard: false, zIndexOffset: -1000 })
          .addTo(labels);
      }
      return taken.length >= most;
    });
  }

  /* Legend */
  function circleDrawing(code) {
    var style = look(code), shapes = [];
    if (style.kind === "cross") { shapes.push({ d: "M-5-5L5 5M5-5L-5 5", stroke: "#000000", "stroke-width": 3 }); }
    else {
      shapes.push({ tag: "circle", r: 7, fill: style.fill ? style.fillColor : "none", stroke: style.color, "stroke-width": style.weight });
      if (style.dot) { shapes.push({ tag: "circle", r: 7 * style.dot, fill: INK }); }
    }
    return drawing(18, shapes);
  }
  function legendTable() {
    var counts = access().counts[state.plan][state.season], total = [0, 0];
    var head = ["", words.minutesTitle.replace("{site}", service().siteLabel), words.places, words.people];
    var header = element("tr", {}, head.map(function (text, column) {
      return element(column ? "th" : "td", column ? { text: text, scope: "col", class: column > 1 ? "number" : "" } : {});
    }));
    var rows = data.codes.filter(function (code) { return counts[code][0] || "12345x".indexOf(code) >= 0; }).map(function (code) {
      total = [total[0] + counts[code][0], total[1] + counts[code][1]];
      return element("tr", { "data-class": code }, [
        element("td", {}, [circleDrawing(code)]), element("th", { text: service().classLabels[code], scope: "row" }),
        element("td", { text: whole(counts[code][0]), class: "number" }),
        element("td", { text: code === "u" ? words.peopleUnknown : whole(counts[code][1]), class: "number" })
      ]);
    });
    var foot = element("tr", {}, [element("td"), element("th", { text: words.total, scope: "row" }),
      element("td", { text: whole(total[0]), class: "number" }), element("td", { text: whole(total[1]), class: "number" })]);
    return element("table", {}, [element("thead", {}, [header]), element("tbody", {}, rows), element("tfoot", {}, [foot])]);
  }
  function closedLabel() {
    if (state.season === "worst" && !service().oneWorst) { return words.roadSometimesClosed; }
    var months = state.season === "worst" ? service().hardestLabel : seasonLabel(state.season);
    return fill(words.roadClosed, { season: months });
  }
  function roadsClosed(now) {
    return layers.roads.data.some(function (road) { return road.closed.length && isClosed(road) === now; });
  }
  function hasSite(test) {
    return layers.facilities.data.some(function (number) {
      return data.sites[number].service === state.service && test(data.sites[number]);
    });
  }
  function hasAny(name) {
    return layers[name].data.some(function (number) { return data.sites[number].service === state.service; });
  }
  function symbolList() {
    var dash = { "stroke-dasharray": "5 4" };
    function stroke(colour, width, more) { return Object.assign({ d: "M-11 0H11", stroke: colour, "stroke-width": width }, more); }
    var square = function (size, colour) { return { d: "M-" + size + "-" + size + "h" + 2 * size + "v" + 2 * size + "h-" + 2 * size + "z", fill: colour }; };
    var entries = [
      ["recommended", { d: STAR, fill: PURPLE, transform: "scale(.7)" }, words.recommendedAny, !hasAny("recommended")],
      ["second_best", { d: STAR, fill: "#ffffff", stroke: PURPLE, "stroke-width": 2, transform: "scale(.7)" }, words.secondBest, !hasAny("second_best")],
      ["closed", { d: CROSSED, fill: "#ffffff", stroke: INK, "stroke-width": 2.5, transform: "scale(.7)" }, words.closing, !hasAny("closed")],
      ["facilities", square(5, INK), words.existing, !hasSite(function (site) { return site.inUnit && site.serves; })],
      ["facilities", square(3, INK), words.lowerLevel, !hasSite(function (site) { return !site.serves; })],
      ["facilities", square(5, "#757575"), words.neighbour, !hasSite(function (site) { return !site.inUnit; })],
      ["roads", stroke(ROAD, 2.5), words.roadOpen],
      ["roads", stroke(ROAD, 2, dash), words.roadSeasonal, !roadsClosed(false)],
      ["roads", stroke(RED, 2, dash), closedLabel(), !roadsClosed(true)],
      ["legs", stroke("#3d3d3d", 1, { "stroke-dasharray": "2 4" }), words.legLine],
      ["assignment", stroke(PURPLE, 1), layers.assignment.title]
    ];
    layers.hazards.data.forEach(function (zone) {
      entries.push(["hazards", { d: "M-10-6H10V6H-10Z", fill: "#f7e6d5", stroke: "#7a3300", "stroke-dasharray": "2 3" }, zone.title]);
    });
    return element("ul", {}, entries.filter(function (entry) {
      return geoMap.hasLayer(groups[entry[0]]) && !empty(entry[0]) && !entry[3];
    }).map(function (entry) { return element("li", {}, [drawing(24, [entry[1]]), element("span", { text: entry[2] })]); }));
  }
  function sizeLegend() {
    var box = element("div", {}, [element("h3", { text: words.circles })]), list = element("ul", { class: "sizes" });
    var examples = scale * Math.sqrt(5000) > 2 * SMALLEST ? [50, 500, 5000] : [5000, 50000, 500000];
    examples.forEach(function (persons) {
      var size = 2 * radius(persons) + 4, ring = { tag: "circle", r: radius(persons), fill: "#ffffff", stroke: INK };
      list.appendChild(element("li", {}, [drawing(size, [ring]), element("span", { text: whole(persons) })]));
    });
    box.appendChild(list);
    return box;
  }
  function drawLegend() {
    document.getElementById("legend").replaceChildren(legendTable(), symbolList(), sizeLegend());
  }

  /* The table of places below the norm */
  function belowRows() {
    var codes = classes(), rows = [];
    for (var number = 0; number < codes.length; number += 1) {
      if ("345x".indexOf(codes[number]) >= 0) { rows.push(number); }
    }
    function value(number) {
      if (state.sort === "people") { return access().persons[number]; }
      if (state.sort === "name") { return places.names[number]; }
      var time = times(state.sort, state.season)[number];
      return time === null ? Infinity : time;
    }
    var sign = state.down ? -1 : 1;
    return rows.sort(function (one, other) {
      var a = value(one), b = value(other);
      if (state.sort === "name") { return sign * a.localeCompare(b, document.documentElement.lang); }
      return a === b ? one - other : a < b ? -sign : sign;
    });
  }
  function drawBelow() {
    var rows = belowRows(), table = document.getElementById("below"), button = document.getElementById("show-all");
    var sum = rows.reduce(function (total, number) { return total + access().persons[number]; }, 0);
    var values = { places: whole(rows.length), people: whole(sum), season: seasonLabel(state.season), plan: planLabel() };
    document.getElementById("below-count").textContent = fill(rows.length ? words.below : words.noneBelow, values);
    table.hidden = !rows.length;
    table.querySelectorAll("th").forEach(function (head) {
      var key = head.querySelector("button").dataset.key;
      head.hidden = service().plans.indexOf("headline") < 0 && key === "headline";
      if (key === state.sort) { head.setAttribute("aria-sort", state.down ? "descending" : "ascending"); }
      else { head.removeAttribute("aria-sort"); }
    });
    var shown = state.all ? rows : rows.slice(0, MOST_ROWS);
    table.tBodies[0].replaceChildren.apply(table.tBodies[0], shown.map(function (number) {
      var row = element("tr", {}, [
        element("th", { scope: "row" }, [element("button", { type: "button", class: "pick", text: places.names[number] })]),
        element("td", { text: people(number), class: "number" })
      ]);
      service().plans.forEach(function (plan) {
        row.appendChild(element("td", { text: minutes(times(plan, state.season)[number]), class: "number" }));
      });
      row.addEventListener("click", function () { fromTable(row, function () { openPlace(number); }); });
      return row;
    }));
    button.hidden = shown.length === rows.length;
    button.textContent = fill(words.showAll, { places: whole(rows.length) });
  }

  /* Controls */
  function empty(name) {
    var content = layers[name].data;
    if (Array.isArray(content)) { return !content.length; }
    return Boolean(content.areas) && !content.areas.length && !content.lines.length;
  }
  function drawControls() {
    var box = document.getElementById("layers");
    data.layers.forEach(function (layer) {
      if (empty(layer.name)) { return; }
      var check = element("input", { type: "checkbox", "data-layer": layer.name });
      check.checked = layer.shown;
      check.addEventListener("change", function () {
        if (check.checked) { groups[layer.name].addTo(geoMap); } else { groups[layer.name].remove(); }
        stack();
        drawLegend();
      });
      box.appendChild(element("label", {}, [check, document.createTextNode(" " + layer.title)]));
    });
  }
  function drawSeasons() {
    var select = document.getElementById("season");
    if (!service().seasons.some(function (one) { return one.name === state.season; })) { state.season = "worst"; }
    select.replaceChildren.apply(select, service().seasons.map(function (season) {
      return element("option", { value: season.name, text: season.label });
    }));
    select.value = state.season;
  }
  function draw() {
    changing.forEach(drawLayer);
    stack();
    drawLabels();
    drawLegend();
    drawBelow();
    var values = { service: service().label, season: seasonLabel(state.season), plan: planLabel() };
    document.getElementById("shown").textContent = fill(words.shown, values);
  }
  function changeService(name) {
    state.service = name;
    if (service().plans.indexOf(state.plan) < 0) { state.plan = "baseline"; }
    document.querySelectorAll("[data-service]").forEach(function (part) { part.hidden = part.dataset.service !== name; });
    document.getElementById("plan").hidden = service().plans.length < 2;
    document.querySelector('#plan input[value="' + state.plan + '"]').checked = true;
    drawSeasons();
    geoMap.closePopup();
    draw();
  }
  document.getElementById("service").addEventListener("change", function (event) { changeService(event.target.value); });
  document.getElementById("season").addEventListener("change", function (event) {
    state.season = event.target.value;
    geoMap.closePopup();
    draw();
  });
  document.getElementById("plan").addEventListener("change", function (event) {
    state.plan = event.target.value;
    geoMap.closePopup();
    draw();
  });
  document.getElementById("show-all").addEventListener("click", function () {
    state.all = true;
    drawBelow();
  });
  document.querySelectorAll("#below thead button").forEach(function (button) {
    button.addEventListener("click", function () {
      state.down = state.sort === button.dataset.key ? !state.down : button.dataset.key !== "name";
      state.sort = button.dataset.key;
      drawBelow();
    });
  });
  document.querySelectorAll("tr[data-site]").forEach(function (row) {
    row.addEventListener("click", function () {
      fromTable(row, function () { openSite(data.sites[Number(row.dataset.site)]); });
    });
  });

  geoMap.fitBounds(data.bounds, { padding: [15, 15], animate: false });
  data.layers.forEach(function (layer) { if (changing.indexOf(layer.name) < 0) { drawLayer(layer.name); } });
  drawControls();
  changeService(state.service);
  geoMap.on("moveend zoomend", drawLabels);
  /* A printer waits for no animation frame: the map takes its printed size and is painted at once. */
  var onScreen = null;
  function fitInto(bounds) {
    geoMap.invalidateSize({ animate: false });
    geoMap.fitBounds(bounds, { animate: false });
    canvas._update();
    canvas._redraw();
  }
  window.addEventListener("beforeprint", function () {
    onScreen = geoMap.getBounds();
    document.body.classList.add("printing");
    fitInto(onScreen);
  });
  window.addEventListener("afterprint", function () {
    document.body.classList.remove("printing");
    fitInto(onScreen);
  });
})();
