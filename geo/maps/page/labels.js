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

/* Labels: recommended and closed places always, then the biggest, each beside its symbol where it covers neither a name
   nor a symbol. */
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
/* What may carry a name: all places in sight, and sites of the plan that stand in no place of the unit. */
function labelled(size) {
  var always = {}, persons = access().persons, found = [];
  function add(name, position, place, first) {
    var point = geoMap.latLngToContainerPoint(latLng(position));
    if (!size.contains(point) || point.x <= 0 || point.y <= 0) { return; }
    var people = place === null ? 0 : persons[place], half = Math.min(12, Math.max(5, radius(people)));
    found.push({
      name: name.length > 24 ? name.slice(0, 23) + "…" : name, position: position, point: point, always: first,
      people: people || 0, gap: Math.max(radius(people), first ? 14 : 5) + 4,
      symbol: [point.x - half, point.y - half, point.x + half, point.y + half]
    });
  }
  eachSite(layers.recommended.data.concat(layers.closed.data), function (site) {
    if (site.settlement === null) { add(site.name, site.position, null, true); } else { always[site.settlement] = true; }
  });
  places.names.forEach(function (name, number) { add(name, places.positions[number], number, Boolean(always[number])); });
  return found.sort(function (one, other) { return other.always - one.always || other.people - one.people; });
}
/* The best side for a name; a name that must be there covers a symbol, or at worst another name, rather than be missing. */
function labelBox(place, taken, all, size) {
  var inside = labelBoxes(place.point, place.gap, 7 * place.name.length).filter(function (box) {
    return box[0] > 0 && box[2] < size.x;
  });
  var apart = inside.filter(function (box) { return !taken.some(function (other) { return touches(box, other); }); });
  var free = apart.filter(function (box) {
    return !all.some(function (other) { return other !== place && touches(box, other.symbol); });
  });
  return free[0] || (place.always ? apart[0] || inside[0] : undefined);
}
function drawLabels() {
  labels.clearLayers();
  var size = geoMap.getSize(), all = labelled(size), taken = [];
  var most = Math.min(MOST_LABELS, size.x * size.y / PIXELS_PER_LABEL);
  /* With thousands in sight the small ones have no chance of a label: they are not even tried. */
  all.slice(0, 5 * MOST_LABELS).some(function (place) {
    if (taken.length >= most && !place.always) { return true; }
    var box = labelBox(place, taken, all, size);
    if (box) {
      taken.push(box);
      var text = element("span", { text: place.name, style: "display:block;text-align:center;width:" + (box[2] - box[0]) + "px" });
      var icon = L.divIcon({
        className: "place-label", html: text, iconSize: null, iconAnchor: [place.point.x - box[0], place.point.y - box[1]]
      });
      L.marker(latLng(place.position), { icon: icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(labels);
    }
    return false;
  });
}
