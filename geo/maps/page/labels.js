"use strict";
/* Popups of places and sites, and the names on the map. */
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
