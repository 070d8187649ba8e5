"use strict";
/* The map of `geo check`: units and roads in grey, findings as dots. Texts reach the page as text nodes only. */
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var map = L.map("findings-map", { attributionControl: false, preferCanvas: true, zoomSnap: 0.25 });
  var dots = {}, bounds = L.latLngBounds([]);
  L.polyline(data.roads, { color: "#b5aea6", weight: 1.5, interactive: false }).addTo(map);
  L.polyline(data.units, { color: "#4d4d4d", weight: 2, dashArray: "6 4", interactive: false }).addTo(map);
  data.units.forEach(function (line) { bounds.extend(L.latLngBounds(line)); });
  function choose(number) {
    var row = document.getElementById("finding-" + number);
    document.querySelectorAll("tr.chosen").forEach(function (other) { other.classList.remove("chosen"); });
    row.classList.add("chosen");
    return row;
  }
  data.spots.slice().reverse().forEach(function (spot) {
    var text = document.createElement("span");
    text.textContent = spot.text;
    dots[spot.number] = L.circleMarker([spot.lat, spot.lon], {
      radius: 7, color: "#fff", weight: 1.5, fillColor: spot.colour, fillOpacity: 0.9
    }).bindPopup(text).on("click", function () {
      choose(spot.number).scrollIntoView({ block: "nearest" });
    }).addTo(map);
    bounds.extend([spot.lat, spot.lon]);
  });
  map.fitBounds(bounds.pad(0.05), { maxZoom: 13, animate: false });
  document.querySelectorAll("button[data-number]").forEach(function (button) {
    button.addEventListener("click", function () {
      var dot = dots[button.dataset.number];
      choose(button.dataset.number);
      map.setView(dot.getLatLng(), Math.max(map.getZoom(), 11), { animate: false });
      dot.openPopup();
      document.getElementById("findings-map").scrollIntoView({ block: "nearest" });
    });
  });
}());
