"use strict";
/* What the page shows: the data block, the chosen service, season and plan, and small helpers. Names reach the page as text
   nodes only, never as markup. The files of this folder are one program, in the order of `geo.maps.PROGRAM`. */
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
