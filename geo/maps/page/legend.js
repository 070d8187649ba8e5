"use strict";
/* Legend */
function circleDrawing(code) {
  var style = look(code), shapes = [];
  if (style.kind === "diamond") {
    shapes.push({ d: "M0-7L7 0L0 7L-7 0Z", fill: style.fillColor, stroke: style.color, "stroke-width": style.weight });
  } else if (style.kind === "up" || style.kind === "down") {
    var corners = triangle(6, style.kind === "down").join(" ");
    shapes.push({ tag: "polygon", points: corners, fill: style.fillColor, stroke: style.color, "stroke-width": style.weight });
    if (style.dot) { shapes.push({ tag: "circle", r: 6 * style.dot, fill: style.dotColour }); }
  } else if (style.kind === "cross") { shapes.push({ d: "M-5-5L5 5M5-5L-5 5", stroke: "#000000", "stroke-width": 3 }); }
  else {
    shapes.push({ tag: "circle", r: 7, fill: style.fill ? style.fillColor : "none", stroke: style.color, "stroke-width": style.weight });
    if (style.dot) { shapes.push({ tag: "circle", r: 7 * style.dot, fill: style.dotColour || INK }); }
  }
  return drawing(18, shapes);
}
/* What a class or status is called: classes end at half, once, one and a half and twice the norm. */
function codeLabels() {
  if (colouring()) { return colouringTexts().labels; }
  if (state.show !== "minutes") {
    return { m: words.statusMet, b: words.statusUnmet, a: words.statusNotApplicable, k: words.statusUnknown };
  }
  var ends = [0.5, 1, 1.5, 2].map(function (part) { return minutes(part * limit()); });
  return {
    1: fill(words.classFirst, { end: ends[0] }), 2: fill(state.norm === null ? words.classNorm : words.classOwnNorm, { start: ends[0], end: ends[1] }),
    3: fill(words.classMiddle, { start: ends[1], end: ends[2] }), 4: fill(words.classMiddle, { start: ends[2], end: ends[3] }),
    5: fill(words.classLast, { start: ends[3] }), x: words.classCutOff, n: words.classNotAssessable, u: words.classPeopleUnknown
  };
}
function showLabel() {
  if (state.show === "minutes") { return fill(words.minutesTitle, { site: serviceTexts().siteLabel }); }
  if (colouring()) { return fill(words.viewToday, { view: colouringTexts().title }); }
  var number = service().norms.findIndex(function (norm) { return norm.key === state.show; });
  return fill(words.showNorm, { norm: serviceTexts().norms[number] });
}
function legendTable() {
  var counts = countsOf(shownCodes()), labels = codeLabels(), total = [0, 0];
  var head = ["", showLabel(), words.places, words.people];
  var header = element("tr", {}, head.map(function (text, column) {
    return element(column ? "th" : "td", column ? { text: text, scope: "col", class: column > 1 ? "number" : "" } : {});
  }));
  var rows = legendClasses(counts).map(function (code) {
    counts[code] = counts[code] || [0, 0];
    total = [total[0] + counts[code][0], total[1] + counts[code][1]];
    return element("tr", { "data-class": code }, [
      element("td", {}, [circleDrawing(code)]), element("th", { text: labels[code], scope: "row" }),
      element("td", { text: whole(counts[code][0]), class: "number" }),
      element("td", { text: code === "u" ? "?" : whole(counts[code][1]), class: "number" })
    ]);
  });
  var foot = element("tr", {}, [element("td"), element("th", { text: words.total, scope: "row" }),
    element("td", { text: whole(total[0]), class: "number" }), element("td", { text: whole(total[1]), class: "number" })]);
  return element("table", {}, [element("thead", {}, [header]), element("tbody", {}, rows), element("tfoot", {}, [foot])]);
}
/* Classes that say something stand in the legend even where nobody lives in them. */
function legendClasses(counts) {
  if (colouring()) { return colouringClasses(colouring(), counts); }
  var known = state.show === "minutes" ? data.codes : ["m", "b", "a", "k"];
  return known.filter(function (code) { return counts[code] || "12345xmb".indexOf(code) >= 0; });
}
/* Minutes have a class of their own for places whose people nobody knows; other views count them as places only. */
function legendNotes() {
  var unknown = service().persons.filter(function (persons) { return persons === null; }).length;
  if (!colouring() || !unknown) { return []; }
  return [element("p", { class: "note", text: fill(words.peopleNotKnown, { places: whole(unknown) }) })];
}
function closedLabel() {
  if (state.season === "worst" && !service().oneWorst) { return words.roadSometimesClosed; }
  var months = state.season === "worst" ? serviceTexts().hardest : seasonLabel(state.season);
  return fill(words.roadClosed, { season: months });
}
function roadsClosed(now) {
  return layers.roads.data.some(function (road) { return road.closed.length && isClosed(road) === now; });
}
/* Roads lead to one facility in one season: where places differ in their worst one, that of the hardest is shown. */
function catchmentSeason() { return state.season === "worst" ? serviceTexts().hardest : seasonLabel(state.season); }
function hasSite(test) {
  return facilityNumbers().some(function (number) {
    return data.sites[number].service === state.service && test(data.sites[number]);
  });
}
function ofService(numbers) {
  return numbers.some(function (number) { return data.sites[number].service === state.service; });
}
/* Levels of the facilities drawn, each once: what serves in words of its own, what does not as too low. */
function levelNames() {
  var names = [];
  eachSite(facilityNumbers(), function (site) {
    var name = texts.levels[site.level];
    if (site.serves && site.inUnit && name && names.indexOf(name) < 0) { names.push(name); }
  });
  return names.length ? words.existing + ": " + names.join(", ") : words.existing;
}
function symbolList() {
  var dash = { "stroke-dasharray": "5 4" };
  function stroke(colour, width, more) { return Object.assign({ d: "M-11 0H11", stroke: colour, "stroke-width": width }, more); }
  function square(size, colour) { return { d: "M-" + size + "-" + size + "h" + 2 * size + "v" + 2 * size + "h-" + 2 * size + "z", fill: colour }; }
  function starShape(colour, line) { return { d: STAR, fill: colour, stroke: line, "stroke-width": 2, transform: "scale(.7)" }; }
  var entries = [
    ["recommended", starShape(PURPLE, PURPLE), words.recommendedAny, !ofService(recommendedNumbers())],
    ["proposed", starShape(GREEN, GREEN), words.proposed, !ofService(proposedNumbers())],
    ["second_best", starShape("#ffffff", PURPLE), words.secondBest, !withPlan() || !ofService(layers.second_best.data)],
    ["closed", { d: CROSSED, fill: "#ffffff", stroke: INK, "stroke-width": 2.5, transform: "scale(.7)" }, words.closing, !ofService(closedNumbers())],
    ["candidates", { d: "M-5 0H5M0-5V5", stroke: GREEN, "stroke-width": 2 }, words.candidate, !candidateNumbers().length],
    ["facilities", square(5, INK), levelNames(), !hasSite(function (site) { return site.inUnit && site.serves; })],
    ["facilities", square(3, INK), words.lowerLevel, !hasSite(function (site) { return !site.serves; })],
    ["facilities", square(5, "#757575"), words.neighbour, !hasSite(function (site) { return !site.inUnit; })],
    ["roads", stroke(ROAD, 2.5), words.roadOpen],
    ["roads", stroke(ROAD, 2, dash), words.roadSeasonal, !roadsClosed(false)],
    ["roads", stroke(RED, 2, dash), closedLabel(), !roadsClosed(true)],
    ["legs", stroke("#3d3d3d", 1, { "stroke-dasharray": "2 4" }), words.legLine],
    ["assignment", stroke(PURPLE, 1), texts.layers.assignment],
    ["catchments", { d: "M-10-6H10V6H-10Z", fill: tint(1), stroke: "#ffffff" }, words.catchment],
    ["road_catchments", stroke(shade(1), 3), fill(words.roadCatchment, { season: catchmentSeason() }), !roadCatchments().length]
  ];
  reachShown().forEach(function (one) {
    var box = { d: "M-10-6H10V6H-10Z", fill: reachColour(one), "fill-opacity": one.ms < service().limitMs ? 0.55 : 0.5, stroke: REACH[1] };
    entries.push(["reach", box, fill(words.reachArea, { minutes: minutes(one.ms) })]);
  });
  if (state.plan === "proposal") {
    entries.push(["reach", [], words.notOfProposal], ["road_catchments", [], words.notOfProposal]);
  }
  data.surfaces.forEach(function (surface, number) {
    var used = layers.roads.data.some(function (road) { return road.surface === surface; });
    entries.push(["surfaces", stroke(SURFACE[surface], 3), texts.layerWords.surfaces[number], !used]);
  });
  texts.layerWords.hazards.forEach(function (title) {
    entries.push(["hazards", { d: "M-10-6H10V6H-10Z", fill: "#f7e6d5", stroke: "#7a3300", "stroke-dasharray": "2 3" }, title]);
  });
  entries = entries.concat(loadLegend(), unitLegend(), roundLegend(), wayLegend(), proposalLegend(), programmeLegend(), worseOffLegend());
  return element("ul", {}, entries.filter(function (entry) {
    return geoMap.hasLayer(groups[entry[0]]) && !entry[3] && !(empty(entry[0]) && entry[0] !== "facilities");
  }).map(function (entry) { 
    var item = element("li", {}, [drawing(24, [].concat(entry[1])), element("span", { text: entry[2] })]);
    if (entry[4]) { item.dataset.load = entry[4]; }
    return item;
  }));
}
function sizeLegend() {
  var box = element("div", {}, [element("h3", { text: words.circles })]), list = element("ul", { class: "sizes" });
  var examples = scale * Math.sqrt(500) > SMALLEST ? [50, 500, 5000] : [5000, 50000, 500000];
  examples.forEach(function (persons) {
    var size = 2 * radius(persons) + 4, ring = { tag: "circle", r: radius(persons), fill: "#ffffff", stroke: INK };
    list.appendChild(element("li", {}, [drawing(size, [ring]), element("span", { text: whole(persons) })]));
  });
  box.appendChild(list);
  return box;
}
function drawLegend() {
  byId("legend").replaceChildren.apply(byId("legend"), [legendTable()].concat(legendNotes(), symbolList(), allAlike ? [] : sizeLegend()));
}
