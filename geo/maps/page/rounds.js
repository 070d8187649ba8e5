"use strict";
/* School buses along the roads, circuits of visiting teams straight from stop to stop: a colour each. */
function roundSeason() { return state.season === "worst" ? service().hardest : state.season; }
/* A bus keeps its route all year; a team's circuits are those of the season that is shown. */
function shownRounds(kind) {
  return layers.rounds.data.filter(function (one) {
    return one.service === state.service && one.kind === kind && (kind === "bus" || one.season === roundSeason());
  });
}
function seasonNames(names) { return names.map(seasonLabel).join(", "); }
function stopName(place) { return place === null ? words.elsewhere : placeName(place); }
function roundTitle(one) {
  return one.kind === "bus" ? fill(words.busTitle, { number: one.number }) : fill(words.visitTitle, { day: one.day, vehicle: one.vehicle });
}
function roundContent(one) {
  var base = one.base === null ? words.elsewhere : siteName(one.base), lines = [], facts = { base: base, minutes: minutes(one.minutes * MS_PER_MINUTE), season: seasonLabel(one.season) };
  facts.km = one.km === null ? words.peopleUnknown : tenths(one.km);
  facts.stops = one.stops.map(function (place, number) {
    var values = { place: stopName(place) };
    if (one.kind === "bus") { return fill(words.busStop, Object.assign(values, { pupils: whole(one.pupils[number]) })); }
    return fill(words.visitStop, Object.assign(values, { minutes: minutes(one.arrive[number] * MS_PER_MINUTE) }));
  }).join(" → ");
  lines.push(fill(one.kind === "bus" ? words.busStops : words.visitStops, facts), fill(one.kind === "bus" ? words.busRide : words.visitDay, facts));
  if (one.kind === "bus" && one.closed.length) { lines.push(fill(words.busClosed, { seasons: seasonNames(one.closed) })); }
  if (one.kind === "bus" && one.late.length) { lines.push(fill(words.busLate, { seasons: seasonNames(one.late) })); }
  return textPopup(roundTitle(one), lines);
}
function roundLines(one) {
  if (one.kind === "bus") { return one.lines.map(path); }
  var stops = one.stops.filter(function (place) { return place !== null; }).map(function (place) { return places.positions[place]; });
  return [[one.at].concat(stops, [one.at]).map(latLng)];
}
function drawRounds(group) {
  ["visit", "bus"].forEach(function (kind) {
    shownRounds(kind).forEach(function (one, number) {
      L.polyline(roundLines(one), {
        renderer: canvas, color: shade(number), weight: kind === "bus" ? 5 : 3, opacity: 0.9
      }).on("click", function (event) { openPopup(event.latlng, roundContent(one)); }).addTo(group);
    });
  });
}
/* While the rounds are shown, a place says which of them call there: lines on the map cannot be reached by keyboard. */
function roundsHere(place) {
  if (!geoMap.hasLayer(groups.rounds)) { return []; }
  return ["bus", "visit"].flatMap(shownRounds).filter(function (one) { return one.stops.indexOf(place) >= 0; }).map(function (one) {
    var base = one.base === null ? words.elsewhere : siteName(one.base);
    return line(roundTitle(one), fill(one.kind === "bus" ? words.busTo : words.visitFrom, { base: base }));
  });
}
function roundLegend() {
  var buses = shownRounds("bus").length, visits = shownRounds("visit").length;
  return [
    ["rounds", { d: "M-11 0H11", stroke: shade(1), "stroke-width": 5 }, fill(words.busLine, { n: whole(buses) }), !buses],
    ["rounds", { d: "M-11 0H11", stroke: shade(2), "stroke-width": 3 }, fill(words.visitLine, { n: whole(visits), season: seasonLabel(roundSeason()) }), !visits]
  ];
}
