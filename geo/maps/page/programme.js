"use strict";
/* Items of the programme: a tag with the year on a colour of its own; without money a hollow tag. */
var YEAR_COLOURS = ["#08519c", "#7a0177", "#a63603", "#00695c", "#5e3c99", "#4d4d4d"];
function programmeRows() {
  return layers.programme.data.map(function (item, number) { return { item: item, number: number }; }).filter(function (row) {
    return row.item.services.indexOf(state.service) >= 0;
  });
}
function programmeYears() {
  var years = [];
  layers.programme.data.forEach(function (item) {
    if (item.year !== null && years.indexOf(item.year) < 0) { years.push(item.year); }
  });
  return years.sort();
}
function yearTag(year, size) {
  var colour = year === null ? INK : YEAR_COLOURS[programmeYears().indexOf(year) % YEAR_COLOURS.length];
  var box = { d: "M-17-8H17V8H-17Z", fill: year === null ? "#ffffff" : colour, stroke: year === null ? INK : "#ffffff", "stroke-width": 1.5, transform: "scale(" + size + ")" };
  return [box, {
    tag: "text", y: 4, "text-anchor": "middle", "font-size": 11, "font-weight": 700, transform: "scale(" + size + ")", fill: year === null ? INK : "#ffffff",
    text: year === null ? "–" : String(year)
  }];
}
function itemText(row) {
  var year = row.item.year === null ? words.programmeNoYear : String(row.item.year);
  return fill(words.programmeItem, { year: year, item: texts.layerWords.programme[row.number] });
}
function drawProgramme(group) {
  var standing = {};
  programmeRows().forEach(function (row) {
    var at = row.item.position.join(), shift = standing[at] || 0;
    standing[at] = shift + 1;
    placeMarker(row.item.position, 36, yearTag(row.item.year, 1), [18, 31 + 17 * shift], itemText(row), function () {
      openPopup(latLng(row.item.position), itemsAt(at));
    }).setZIndexOffset(550).addTo(group);
  });
}
function itemsAt(at) {
  var rows = programmeRows().filter(function (row) { return row.item.position.join() === at; });
  return textPopup(texts.layers.programme, rows.map(itemText));
}
function programmeLegend() {
  var rows = programmeRows();
  return programmeYears().concat([null]).map(function (year) {
    var count = rows.filter(function (row) { return row.item.year === year; }).length;
    var label = year === null ? words.programmeNoYear : String(year);
    return ["programme", yearTag(year, 0.68), fill(words.programmeYear, { year: label, items: whole(count) }), !count];
  });
}

/* Whom the programme makes worse off, whatever the service that is shown: a triangle at the place, a line in its popup. */
function lossTexts(place) {
  return layers.worse_off.data.map(function (at, number) { return at === place ? texts.layerWords.worse_off[number] : null; })
    .filter(function (text) { return text !== null; });
}
function lossLines(place) {
  return lossTexts(place).map(function (text) { return element("p", { class: "loss", text: fill(words.worseOffLine, { loss: text }) }); });
}
function warningSign(size) {
  var scale = "scale(" + size + ")";
  return [{ d: "M0-10L10 8H-10Z", fill: RED, stroke: "#ffffff", "stroke-width": 1.5, "stroke-linejoin": "round", transform: scale },
    { tag: "text", y: 6, "text-anchor": "middle", "font-size": 12, "font-weight": 700, fill: "#ffffff", text: "!", transform: scale }];
}
/* Each place of the unit once, however many services it loses. */
function worseOffHere() {
  return layers.worse_off.data.filter(function (place, number, all) { return place >= 0 && all.indexOf(place) === number; });
}
function drawWorseOff(group) {
  worseOffHere().forEach(function (place) {
    placeMarker(places.positions[place], 26, warningSign(1), [13, -1], placeName(place) + ": " + lossTexts(place).join("; "), function () {
      openPlace(place);
    }).setZIndexOffset(900).addTo(group);
  });
}
function worseOffLegend() {
  var here = worseOffHere(), label = fill(words.worseOffPlaces, { n: whole(here.length) });
  return [["worse_off", warningSign(0.7), label, !here.length]].concat(lossTexts(-1).map(function (text) {
    return ["worse_off", warningSign(0.7), fill(words.worseOffLine, { loss: text })];
  }));
}
/* A symbol of its own at a position; the anchor is where the place lies within the symbol, in pixels from its corner. */
function placeMarker(position, size, shapes, anchor, title, open) {
  var icon = L.divIcon({ className: "symbol", html: drawing(size, shapes), iconSize: [size, size], iconAnchor: anchor });
  var marker = L.marker(latLng(position), { icon: icon, title: title, riseOnHover: true });
  marker.on("click", open);
  marker.on("keydown", function (event) {
    if (["Enter", " "].indexOf(event.originalEvent.key) < 0) { return; }
    opener = marker.getElement();
    open();
  });
  return marker;
}
function textPopup(title, lines) {
  return element("div", { class: "popup", tabindex: "-1" }, [element("h3", { text: title })].concat(
    lines.map(function (text) { return element("p", { text: text }); })
  ));
}
