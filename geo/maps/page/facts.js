"use strict";
/* What is known of a place or facility beside its times: lines of popups, how full facilities are, types of units. */
function signed(number) { return (number < 0 ? "−" : number > 0 ? "+" : "") + tenths(Math.abs(number)); }
function factLines(place) {
  var found = lossLines(place), profile = data.profile, gap = service().gaps[place];
  if (profile && profile.remoteness[place] !== null && profile.remotenessClass[place] !== null) {
    found.push(line(words.remoteness, fill(words.remotenessScore, {
      title: texts.profile.remoteness[profile.remotenessClass[place]], score: tenths(profile.remoteness[place])
    })));
  }
  if (profile && profile.growthClass[place] !== "k" && profile.growth[place] !== null) {
    found.push(line(words.growth, fill(words.growthRate, {
      title: texts.profile.growth[profile.growthClass[place]], percent: signed(profile.growth[place])
    })));
  }
  if (gap !== null) { found.push(line(words.missing, serviceTexts().gaps[gap])); }
  if (service().forms[place] !== null) { found.push(line(words.form, serviceTexts().forms[service().forms[place]])); }
  return found.concat(withinLine(place), roundsHere(place));
}
/* From when the programme keeps the place within the norm of the service; 0: it is below it at the end. */
function withinLine(place) {
  var year = service().within[place];
  if (year === null) { return []; }
  return [line(words.programme, year ? fill(words.programmeWithin, { year: year }) : fill(words.programmeBelow, { year: data.lastYear }))];
}

/* How full facilities are */
var LOADS = { o: [1, "#c4001a"], f: [0.6, "#2c7bb6"], n: [0.2, "#b35806"], k: [0, "#ffffff"] };
var loads = {};
layers.load.data.forEach(function (row) {
  loads[row[0]] = { verdict: row[1], capacity: row[2], users: row[3], percent: row[4], wear: row[5], language: row[6] };
});
function loadText(load) {
  var values = {
    load: load.users === null ? "" : whole(load.users), capacity: load.capacity === null ? "" : whole(load.capacity),
    percent: load.percent === null ? "" : whole(load.percent), verdict: texts.load.verdicts[load.verdict]
  };
  if (load.users !== null && load.percent !== null) { return fill(words.loadOf, values); }
  if (load.users !== null) { return fill(words.loadOnly, values); }
  return load.capacity === null ? "" : fill(words.capacityOnly, values);
}
function loadLines(number) {
  var load = loads[number];
  if (!load) { return []; }
  var text = loadText(load), found = text ? [line(words.load, text)] : [];
  if (load.wear !== null) { found.push(line(words.wear, fill(words.wearPercent, { percent: whole(load.wear) }))); }
  if (load.language) { found.push(line(words.instruction, texts.load.languages[load.language] || load.language)); }
  return found;
}
/* Facilities of the chosen service, the fullest drawn last, over the others. */
function loadNumbers() {
  return Object.keys(loads).map(Number).filter(function (number) { return data.sites[number].service === state.service; })
    .sort(function (one, other) { return LOADS[loads[one].verdict][0] - LOADS[loads[other].verdict][0] || one - other; });
}
/* Several at one point stand side by side. */
function drawLoad(group) {
  var standing = {};
  loadNumbers().forEach(function (number) {
    var site = data.sites[number], at = site.position.join(), size = 1.3 * mark(), level = LOADS[loads[number].verdict];
    var beside = site.serves ? [0, 0] : besidePlace(site, -1);
    standing[at] = (standing[at] || 0) + 1;
    new Symbol(latLng(site.position), {
      renderer: canvas, kind: "gauge", radius: size, level: level[0], levelColour: level[1], color: INK, weight: 1.5 * crowd,
      fill: true, fillColor: "#ffffff", fillOpacity: 1, shift: [beside[0] + (standing[at] - 1) * 2.4 * size, beside[1]]
    }).on("click", function () { openSite(site); }).addTo(group);
  });
}
function loadLegend() {
  return ["o", "f", "n", "k"].map(function (verdict, i) {
    var count = loadNumbers().filter(function (number) { return loads[number].verdict === verdict; }).length;
    var shapes = [{ d: "M-6-6H6V6H-6Z", fill: "#ffffff" }, { d: "M-6 " + (6 - 12 * LOADS[verdict][0]) + "H6V6H-6Z", fill: LOADS[verdict][1] },
      { d: "M-6-6H6V6H-6Z", fill: "none", stroke: INK, "stroke-width": 1.5 }];
    return ["load", shapes, fill(words.loadCount, { verdict: texts.layerWords.load[i], facilities: whole(count) }), !count, verdict];
  });
}

/* Types of units: a light fill each, its name on the map, the rule in the legend and in the popup. */
function drawUnits(rows, group) {
  rows.forEach(function (unit, number) {
    var areas = unit.areas.map(function (area) { return layers.boundary.data.areas[area].map(path); });
    L.polygon(areas, {
      renderer: canvas, color: "#3d3d3d", weight: 0.8, fillColor: unit.fill, fillOpacity: data.tiles ? 0.45 : 0.75
    }).on("click", function (event) { openPopup(event.latlng, unitContent(number)); }).addTo(group);
    if (unit.type === "unknown") { return; }
    var icon = L.divIcon({ className: "place-label unit-label", html: element("span", { text: texts.units[number].type }), iconSize: null });
    L.marker(latLng(unit.at), { icon: icon, interactive: false, keyboard: false, zIndexOffset: -900 }).addTo(group);
  });
}
function unitContent(number) {
  var unit = texts.units[number];
  return element("div", { class: "popup", tabindex: "-1" }, [
    element("h3", { text: unit.name }), line(words.unitType, unit.type), line(words.unitRule, unit.why)
  ]);
}
function firstNames(names) {
  if (names.length <= 8) { return names.join(", "); }
  return names.slice(0, 7).join(", ") + " " + fill(words.tryMore, { n: whole(names.length - 7) });
}
function unitLegend() {
  var found = {}, order = [];
  layers.unit_types.data.forEach(function (unit, number) {
    var text = texts.units[number], key = unit.type + " " + text.why;
    if (!found[key]) {
      found[key] = { unit: unit, text: text, names: [] };
      order.push(key);
    }
    found[key].names.push(text.name);
  });
  return order.map(function (key) {
    var one = found[key], shape = { d: "M-10-6H10V6H-10Z", fill: one.unit.fill, stroke: "#3d3d3d" };
    return ["unit_types", [shape], fill(words.unitTypes, { type: one.text.type, why: one.text.why, units: firstNames(one.names) })];
  });
}
/* Where the names of types stand: a place's name must not lie under one. */
function unitBoxes() {
  if (!geoMap.hasLayer(groups.unit_types)) { return []; }
  return layers.unit_types.data.map(function (unit, number) {
    var point = geoMap.latLngToContainerPoint(latLng(unit.at)), half = 3.5 * texts.units[number].type.length;
    return [point.x - half, point.y - 8, point.x + half, point.y + 8];
  });
}
