"use strict";
/* What the page shows: the data block, the words of one language, the chosen service, season and plan, and small helpers.
   Names reach the page as text nodes only, never as markup. The files of this folder are one program, in the order of
   `geo.maps.PROGRAM`. */
var data = JSON.parse(document.getElementById("data").textContent);
var language = document.documentElement.lang;
var texts = data.texts[language], words = texts.words;
var UNREACHABLE = 1073741824, MS_PER_MINUTE = 60000;
var PER_DEGREE = 100000;
var MOST_ROWS = 200;
var MOST_LABELS = 80;
var PIXELS_PER_LABEL = 9000;
var STAR = "M0-13 3.8-5.2 12.4-4 6.2 2 7.6 10.5 0 6.5-7.6 10.5-6.2 2-12.4-4-3.8-5.2Z";
var CROSSED = "M-9-9H9V9H-9ZM-9-9L9 9M9-9L-9 9";
var PURPLE = "#5e3c99", GREEN = "#00695c", INK = "#1a1a1a", RED = "#c4001a", ROAD = "#6e6259";
var ROAD_WIDTH = { I: 4, II: 3.4, III: 2.8, IV: 2.2, V: 1.6 };
var SURFACE = { asphalt: "#2b2b2b", gravel: "#a6761d", earth: "#d95f02", snow_ice: "#1f78b4", unknown: "#999999" };
/* Colours of a norm's statuses: met, not met (with a dot); the others are hollow. */
var STATUS = { m: "#2c7bb6", b: "#fdae61" };
var layers = {};
data.layers.forEach(function (layer) { layers[layer.name] = layer; });
var places = layers.settlements.data;
var state = {
  service: data.services[0].name, season: "worst", plan: "baseline", show: "minutes", norm: null, tried: {},
  sort: "people", down: true, all: false, place: null, view: null
};

/* Small helpers */
function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, function (_all, key) { return values[key]; });
}
function whole(number) {
  return String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, texts.numbers.group);
}
function tenths(number) {
  var parts = number.toFixed(1).split(".");
  return whole(parts[0]) + texts.numbers.decimal + parts[1];
}
/* Whole minutes rounded up: a trip beyond a norm never reads as one within it. */
function minutes(ms) {
  if (ms >= UNREACHABLE) { return texts.numbers.noWay; }
  var value = Math.max(0, Math.ceil(ms / MS_PER_MINUTE - 1e-6)), hours = Math.floor(value / 60), rest = value % 60, text;
  if (value <= 120) { text = fill(words.minutes, { minutes: value }); }
  else if (rest) { text = fill(words.hoursMinutes, { hours: hours, minutes: rest }); }
  else { text = fill(words.hours, { hours: hours }); }
  return text.replace(/ /g, "\u00a0");
}
function byId(id) { return document.getElementById(id); }
function element(tag, options, children) {
  var node = document.createElement(tag);
  Object.keys(options || {}).forEach(function (key) {
    if (key === "text") { node.textContent = options.text; } else { node.setAttribute(key, options[key]); }
  });
  (children || []).forEach(function (child) { node.appendChild(child); });
  return node;
}
function button(text, action, kind) {
  var node = element("button", { type: "button", text: text, class: kind || "small" });
  node.addEventListener("click", action);
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
function serviceTexts() { return texts.services[state.service]; }
function placeName(place) { return texts.places[place]; }
function siteName(number) { return texts.sites[number]; }
function seasonLabel(name) { return serviceTexts().seasons[name] || name; }
function planLabel() { return { baseline: words.today, headline: words.after, proposal: words.mine }[state.plan]; }
/* Another norm than the study's: whole minutes up to a day; anything else is refused. */
function chooseNorm(text) {
  var value = Number(text);
  if (!(Number.isInteger(value) && value >= 1 && value <= 1440)) { return false; }
  state.norm = value * MS_PER_MINUTE === service().limitMs ? null : value * MS_PER_MINUTE;
  return true;
}
function limit() { return state.norm === null ? service().limitMs : state.norm; }
/* Where places differ in their worst season, a road closed in any season matters to somebody. */
function isClosed(road) {
  if (state.season !== "worst") { return road.closed.indexOf(state.season) >= 0; }
  return service().oneWorst ? road.closed.indexOf(service().hardest) >= 0 : road.closed.length > 0;
}
function people(place) {
  var persons = service().persons[place];
  if (persons === null) { return words.peopleUnknown; }
  return service().imputed[place] ? fill(words.imputed, { people: whole(persons) }) : whole(persons);
}
/* The plans that can be shown: today, the plan where there is one, and the proposal where something is tried. */
function shownPlans() { return service().plans.concat(hasTried() ? ["proposal"] : []); }

/* Layers that are shown though the page starts without them, and the other way round. */
var switched = [];
/* The page as a link: everything that was chosen stands behind the number sign. */
function link() {
  var chosen = new URLSearchParams();
  if (language !== data.language) { chosen.set("lang", language); }
  if (state.service !== data.services[0].name) { chosen.set("service", state.service); }
  if (state.season !== "worst") { chosen.set("season", state.season); }
  if (state.plan !== "baseline") { chosen.set("plan", state.plan); }
  if (state.show !== "minutes") { chosen.set("show", state.show); }
  if (state.norm !== null) { chosen.set("norm", state.norm / MS_PER_MINUTE); }
  if (state.place !== null) { chosen.set("place", places.ids[state.place]); }
  if (state.view) { chosen.set("view", state.view); }
  if (switched.length) { chosen.set("layers", switched.join(" ")); }
  /* With this the choices are the link's own, not those of the file that the page was made with. */
  if (Object.keys(data.proposal).length) { chosen.set("own", "1"); }
  Object.keys(state.tried).forEach(function (name) {
    ["open", "close"].forEach(function (action) {
      state.tried[name][action].forEach(function (number) { chosen.append(action + "." + name, data.sites[number].id); });
    });
  });
  return location.href.split("#")[0] + "#" + chosen.toString();
}
function remember() { history.replaceState(null, "", link()); }
