"use strict";
/* Legend, tables, controls, and printing. */
/* Legend */
function circleDrawing(code) {
  var style = look(code), shapes = [];
  if (style.kind === "diamond") {
    shapes.push({ d: "M0-7L7 0L0 7L-7 0Z", fill: style.fillColor, stroke: style.color, "stroke-width": style.weight });
  } else if (style.kind === "cross") { shapes.push({ d: "M-5-5L5 5M5-5L-5 5", stroke: "#000000", "stroke-width": 3 }); }
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
  return facilityNumbers().some(function (number) {
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
    ["second_best", { d: STAR, fill: "#ffffff", stroke: PURPLE, "stroke-width": 2, transform: "scale(.7)" }, words.secondBest, !withPlan() || !hasAny("second_best")],
    ["closed", { d: CROSSED, fill: "#ffffff", stroke: INK, "stroke-width": 2.5, transform: "scale(.7)" }, words.closing, !withPlan() || !hasAny("closed")],
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
    return geoMap.hasLayer(groups[entry[0]]) && !entry[3] && !(empty(entry[0]) && entry[0] !== "facilities");
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
