"use strict";
/* Popups of places and sites, and the names on the map. */
/* Popups */
var VERDICT = { baseline: "verdictToday", headline: "verdictAfter", proposal: "verdictMine" };
var PLAN_HEAD = { baseline: "today", headline: "after", proposal: "mine" };
function seasonTable(place) {
  var head = element("tr", {}, [element("th", { text: words.season, scope: "col" })]);
  shownPlans().forEach(function (plan) {
    head.appendChild(element("th", { text: words[PLAN_HEAD[plan]], scope: "col", class: "number" }));
  });
  var body = service().seasons.map(function (season) {
    var row = element("tr", season === state.season ? { class: "now" } : {}, [element("th", { text: season === "worst" ? words.worst : seasonLabel(season), scope: "row" })]);
    shownPlans().forEach(function (plan) {
      row.appendChild(element("td", { text: minutes(view(plan, season).ms[place]), class: "number" }));
    });
    return row;
  });
  return element("table", {}, [element("thead", {}, [head]), element("tbody", {}, body)]);
}
function line(label, text) { return element("p", { text: label + ": " + text }); }
function verdict(plan, place) {
  var reason = (service().reasons[plan] || [])[place], ms = view(plan, "worst").ms[place];
  if (service().assessed[place] === "0" || (ms >= UNREACHABLE && reason !== undefined && reason !== null)) {
    return serviceTexts().reasons[(service().reasons[plan] || service().reasons.baseline)[place]];
  }
  if (ms >= UNREACHABLE) { return words.unreachable; }
  return fill(ms <= limit() ? words.within : words.beyond, { limit: minutes(limit()) });
}
/* What the packs ask of this place, met or not; norms that do not apply or are unknown are on the map's own view. */
function normList(place) {
  var items = [];
  service().norms.forEach(function (norm, number) {
    if (!STATUS[norm.codes[place]]) { return; }
    var status = norm.codes[place] === "m" ? words.statusMet : words.statusUnmet;
    items.push(element("li", { text: serviceTexts().norms[number] + ": " + status }));
  });
  if (!items.length) { return []; }
  return [element("details", {}, [element("summary", { text: words.norms }), element("ul", {}, items)])];
}
function sitesAt(place) {
  return data.sites.map(function (_site, number) { return number; }).filter(function (number) {
    return data.sites[number].settlement === place && data.sites[number].service === state.service;
  });
}
function placeContent(place) {
  var box = element("div", { class: "popup", tabindex: "-1" }, [
    element("h3", { text: placeName(place) }), line(words.people, people(place)), seasonTable(place)
  ]);
  shownPlans().forEach(function (plan) {
    var site = view(plan, "worst").sites[place];
    box.appendChild(line(words[VERDICT[plan]], verdict(plan, place) + (site >= 0 ? " (" + siteName(site) + ")" : "")));
  });
  if (places.roadKm[place] > 1) { box.appendChild(element("p", { text: fill(words.roadKm, { km: tenths(places.roadKm[place]) }) })); }
  factLines(place).concat(normList(place), tryButtons(sitesAt(place))).forEach(function (part) { box.appendChild(part); });
  return box;
}
function siteLevel(site) {
  return site.existing ? texts.levels[site.level] || "" : serviceTexts().siteLabel;
}
/* In how many sensitivity runs the site is chosen, and on what that depends; only for sites of the plan. */
function sureLine(number) {
  var sure = serviceTexts().sure[number];
  return sure && (data.sites[number].rank || withPlan()) ? [element("p", { text: sure })] : [];
}
function siteContent(number) {
  var site = data.sites[number], text = site.rank ? fill(words.recommended, { rank: site.rank }) : siteLabel(site);
  if (!site.existing && !site.rank) { text = isOpenTried(number) ? words.proposed : words.candidate; }
  if (closedNumbers().indexOf(number) >= 0) { text = words.closing; }
  if (withPlan() && layers.second_best.data.indexOf(number) >= 0) { text = words.secondBest; }
  var level = siteLevel(site);
  return element("div", { class: "popup", tabindex: "-1" }, [
    element("h3", { text: siteName(number) }), element("p", { text: level ? level + ", " + text : text })
  ].concat(sureLine(number), loadLines(number)));
}
var opener = null;
/* Moved at once: what glides under the pointer while it is being pressed is not pressed. */
function bringIntoSight(popup) {
  var box = popup.getElement().getBoundingClientRect(), frame = geoMap.getContainer().getBoundingClientRect(), gap = 10;
  function shift(from, to, low, high) {
    if (from < low + gap) { return from - low - gap; }
    return to > high - gap ? Math.min(to - high + gap, from - low - gap) : 0;
  }
  var by = [shift(box.left, box.right, frame.left, frame.right), shift(box.top, box.bottom, frame.top, frame.bottom)];
  if (by[0] || by[1]) { geoMap.panBy(by, { animate: false }); }
}
function openPopup(position, content) {
  /* Opening closes the popup before, which forgets who opened it. */
  var from = opener;
  if (!geoMap.getBounds().pad(-0.1).contains(position)) { geoMap.setView(position, geoMap.getZoom(), { animate: false }); }
  var popup = L.popup({
    maxWidth: Math.min(340, geoMap.getSize().x - 60), maxHeight: Math.max(160, geoMap.getSize().y - 70), autoPan: false
  }).setLatLng(position).setContent(content).openOn(geoMap);
  bringIntoSight(popup);
  geoMap.getContainer().classList.add("has-popup");
  var button = document.querySelector(".leaflet-popup-close-button");
  button.setAttribute("aria-label", words.close);
  button.setAttribute("title", words.close);
  opener = from;
  if (opener) { content.focus({ preventScroll: true }); }
}
function openPlace(place) {
  openPopup(latLng(places.positions[place]), placeContent(place));
  state.place = place;
  remember();
}
function openSite(site) {
  var number = data.sites.indexOf(site), content = siteContent(number);
  if (site.settlement !== null) { content.appendChild(placeContent(site.settlement)); }
  else { tryButtons([number]).forEach(function (part) { content.appendChild(part); }); }
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
  state.place = null;
  geoMap.getContainer().classList.remove("has-popup");
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
  var always = {}, persons = service().persons, found = [];
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
  var planned = state.plan === "proposal" ? closedNumbers() : layers.closed.data;
  eachSite(recommendedNumbers().concat(planned, proposedNumbers()), function (site) {
    if (site.settlement !== null) { always[site.settlement] = true; return; }
    add(siteName(data.sites.indexOf(site)), site.position, null, true);
  });
  texts.places.forEach(function (name, place) { add(name, places.positions[place], place, Boolean(always[place])); });
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
/* Where stars of today's view and symbols beside their places stand: a name must not lie under one. */
function symbolBoxes() {
  return (state.plan === "baseline" ? ["recommended"] : []).concat("programme", "ways", "proposals", "worse_off").filter(function (name) {
    return geoMap.hasLayer(groups[name]);
  }).flatMap(function (name) { return groups[name].getLayers(); }).map(function (marker) {
    var point = geoMap.latLngToContainerPoint(marker.getLatLng()), icon = marker.options.icon.options;
    var left = point.x - icon.iconAnchor[0], top = point.y - icon.iconAnchor[1];
    return [left, top, left + icon.iconSize[0], top + icon.iconSize[1]];
  });
}
function drawLabels() {
  labels.clearLayers();
  var size = geoMap.getSize(), all = labelled(size), taken = symbolBoxes().concat(unitBoxes());
  var most = Math.min(MOST_LABELS, size.x * size.y / PIXELS_PER_LABEL);
  /* With thousands in sight the small ones have no chance of a label: they are not even tried. */
  all.slice(0, 5 * MOST_LABELS).some(function (place) {
    if (labels.getLayers().length >= most && !place.always) { return true; }
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
