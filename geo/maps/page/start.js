"use strict";
/* The start: what the link asks for, then everything is drawn once; and printing. */
var missing = [], askedLayers = [];
function readLink() {
  var chosen = new URLSearchParams(location.hash.slice(1)), asked = chosen.get("service");
  if (data.services.some(function (one) { return one.name === asked; })) { state.service = asked; }
  ["season", "plan", "show"].forEach(function (key) { if (chosen.get(key)) { state[key] = chosen.get(key); } });
  if (chosen.has("norm")) { chooseNorm(chosen.get("norm")); }
  askedLayers = (chosen.get("layers") || "").split(" ").filter(function (name) { return layers[name] && ALWAYS.indexOf(name) < 0; });
  state.place = chosen.has("place") ? places.ids.indexOf(chosen.get("place")) : -1;
  state.view = chosen.get("view");
  data.services.forEach(function (one) {
    var fromFile = !chosen.has("own") && data.proposal[one.name] || { open: [], close: [] };
    ["open", "close"].forEach(function (action) {
      var asked = chosen.getAll(action + "." + one.name), ids = asked.length ? asked : fromFile[action];
      state.tried[one.name] = state.tried[one.name] || { open: [], close: [] };
      ids.forEach(function (id) { tryFromLink(one, action, id); });
    });
  });
  if (!chosen.has("own") && Object.keys(data.proposal).length) { state.plan = "proposal"; }
}
function tryFromLink(one, action, id) {
  var number = data.sites.findIndex(function (site) { return site.id === id && site.service === one.name; });
  var known = number >= 0 && one.try && one.try.columns.indexOf(number) >= 0 && isExisting(number) === (action === "close");
  if (!known) { missing.push(id); return; }
  if (state.tried[one.name][action].indexOf(number) < 0) { state.tried[one.name][action].push(number); }
}
function setView() {
  var numbers = (state.view || "").split(",").map(Number);
  var seen = numbers.length === 3 && numbers.every(isFinite) && numbers[2] <= 19;
  if (seen && L.latLngBounds(data.bounds).pad(1).contains([numbers[0], numbers[1]])) { geoMap.setView([numbers[0], numbers[1]], numbers[2], { animate: false }); }
  else { geoMap.fitBounds(data.bounds, { padding: [15, 15], animate: false }); }
}
/* Symbols shrink where thousands are in sight, and grow again when one looks closer. */
function fitSymbols() {
  var now = crowdInSight();
  if (now === crowd) { return; }
  crowd = now;
  ["roads", "settlements", "cut_off", "facilities", "load"].forEach(drawLayer);
  stack();
}
function start() {
  var asked = state.place;
  state.place = null;
  setView();
  askedLayers.forEach(function (name) { switchLayer(layers[name]); });
  crowd = crowdInSight();
  data.layers.forEach(function (layer) { if (changing.indexOf(layer.name) < 0) { drawLayer(layer.name); } });
  drawControls();
  byId("language").value = language;
  listenControls();
  listenFind();
  listenTry();
  changeService(state.service);
  if (asked >= 0) { openPlace(asked); }
  if (missing.length && byId("copied")) {
    byId("try-result").hidden = false;
    byId("copied").textContent = fill(words.tryNotFound, { sites: missing.join(", ") });
  }
  geoMap.on("moveend zoomend", function (event) {
    var centre = geoMap.getCenter();
    fitSymbols();
    if (event.type === "zoomend" && state.plan === "baseline") { drawLayer("recommended"); }
    state.view = [centre.lat.toFixed(5), centre.lng.toFixed(5), geoMap.getZoom()].join(",");
    drawLabels();
    remember();
  });
  document.documentElement.dataset.ready = "yes";
}
readLink();
document.title = texts.unit + " - " + texts.title;
Promise.all(data.services.map(function (one) { return unpack(one.name); })).then(start);

/* A link that is put into the page's own address line; the page itself changes its address without this event. */
window.addEventListener("hashchange", function () { location.reload(); });

/* A printer waits for no animation frame: the map takes its printed size and is painted at once. */
var onScreen = null;
function fitInto(bounds) {
  geoMap.invalidateSize({ animate: false });
  geoMap.fitBounds(bounds, { animate: false });
  canvas._update();
  canvas._redraw();
}
window.addEventListener("beforeprint", function () {
  onScreen = geoMap.getBounds();
  document.body.classList.add("printing");
  fitInto(onScreen);
});
window.addEventListener("afterprint", function () {
  document.body.classList.remove("printing");
  fitInto(onScreen);
});
