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
    var icon = L.divIcon({ className: "symbol", html: drawing(36, yearTag(row.item.year, 1)), iconSize: [36, 36], iconAnchor: [18, 31 + 17 * shift] });
    var marker = L.marker(latLng(row.item.position), { icon: icon, title: itemText(row), riseOnHover: true });
    function open() { openPopup(latLng(row.item.position), itemsAt(at)); }
    marker.on("click", open);
    marker.on("keydown", function (event) {
      if (["Enter", " "].indexOf(event.originalEvent.key) < 0) { return; }
      opener = marker.getElement();
      open();
    });
    marker.addTo(group);
  });
}
function itemsAt(at) {
  var rows = programmeRows().filter(function (row) { return row.item.position.join() === at; });
  return element("div", { class: "popup", tabindex: "-1" }, [element("h3", { text: texts.layers.programme })].concat(
    rows.map(function (row) { return element("p", { text: itemText(row) }); })
  ));
}
function programmeLegend() {
  var rows = programmeRows();
  return programmeYears().concat([null]).map(function (year) {
    var count = rows.filter(function (row) { return row.item.year === year; }).length;
    var label = year === null ? words.programmeNoYear : String(year);
    return ["programme", yearTag(year, 0.68), fill(words.programmeYear, { year: label, items: whole(count) }), !count];
  });
}
