"use strict";
/* What communities propose, as bubbles left of the place; two ways of planning, as triangles below it. */
var BUBBLE = "M-12-9H8V-4L14 0L8 4V9H-12Z", BLUE = "#0b4f9e";
function ownRows(name) {
  return layers[name].data.map(function (item, number) { return { item: item, number: number }; }).filter(function (row) {
    return row.item.service === state.service;
  });
}
function bubble(item, size) {
  var scale = "scale(" + size + ")", colour = item.harms ? RED : item.rank === null ? "#6b6b6b" : BLUE, solid = item.rank !== null && !item.harms;
  return [{ d: BUBBLE, fill: solid ? colour : "#ffffff", stroke: solid ? "#ffffff" : colour, "stroke-width": 1.5, transform: scale }, {
    tag: "text", x: -2, y: 4, "text-anchor": "middle", "font-size": 11, "font-weight": 700, fill: solid ? "#ffffff" : colour, transform: scale,
    text: item.rank === null ? "–" : item.rank + (item.harms ? "!" : "")
  }];
}
function proposedClosing(size) { return [{ d: CROSSED, fill: "#ffffff", stroke: BLUE, "stroke-width": 2.5, transform: "scale(" + size + ")" }]; }
/* Several proposals at one place stand one above the other, and share its popup. */
function proposalSpots() {
  var spots = {};
  ownRows("proposals").forEach(function (row) {
    [["open", bubble(row.item, 1)], ["close", proposedClosing(0.7)]].forEach(function (kind) {
      row.item[kind[0]].forEach(function (position) {
        (spots[position.join()] = spots[position.join()] || []).push({ row: row, position: position, shapes: kind[1] });
      });
    });
  });
  return spots;
}
function drawProposals(group) {
  var spots = proposalSpots();
  Object.keys(spots).forEach(function (at) {
    var lines = spots[at].map(function (one) { return texts.layerWords.proposals[one.row.number]; });
    spots[at].forEach(function (one, level) {
      placeMarker(one.position, 30, one.shapes, [33, 15 + 20 * level], texts.layerWords.proposals[one.row.number], function () {
        openPopup(latLng(one.position), textPopup(texts.layers.proposals, lines));
      }).addTo(group);
    });
  });
}
function proposalLegend() {
  var rows = ownRows("proposals");
  function entry(item, label, chosen) {
    return ["proposals", bubble(item, 0.75), fill(label, { n: whole(rows.filter(chosen).length) }), !rows.some(chosen)];
  }
  return [
    entry({ rank: 1, harms: false }, words.proposalRank, function (row) { return row.item.rank !== null && !row.item.harms; }),
    entry({ rank: 1, harms: true }, words.proposalHarms, function (row) { return row.item.harms; }),
    entry({ rank: null, harms: false }, words.proposalOut, function (row) { return row.item.rank === null; }),
    ["proposals", proposedClosing(0.6), words.proposalClose, !rows.some(function (row) { return row.item.close.length; })]
  ];
}

/* Down from the centres, up from the villages: numbered in the order of opening, hollow beyond the plan's own means. */
var WAY = {
  top_down: { shape: "M-12-9H12L0 12Z", y: 1, colour: "#8c510a", anchor: [27, -3], label: "wayDown", more: "wayDownMore" },
  bottom_up: { shape: "M-12 9H12L0-12Z", y: 7, colour: "#ad1457", anchor: [-1, -3], label: "wayUp", more: "wayUpMore" }
};
function waySign(way, order, within, size) {
  var look = WAY[way], scale = "scale(" + size + ")";
  return [{ d: look.shape, fill: within ? look.colour : "#ffffff", stroke: within ? "#ffffff" : look.colour, "stroke-width": 1.5, transform: scale }, {
    tag: "text", y: look.y, "text-anchor": "middle", "font-size": 9, "font-weight": 700, fill: within ? "#ffffff" : look.colour, text: order, transform: scale
  }];
}
function wayText(row) { return fill(words[WAY[row.item.way].label + "Item"], { order: row.item.order, text: texts.layerWords.ways[row.number] }); }
function drawWays(group) {
  var rows = ownRows("ways");
  rows.forEach(function (row) {
    var at = row.item.position.join();
    var here = rows.filter(function (one) { return one.item.position.join() === at; });
    placeMarker(row.item.position, 26, waySign(row.item.way, row.item.order, row.item.within, 1), WAY[row.item.way].anchor, wayText(row), function () {
      openPopup(latLng(row.item.position), textPopup(texts.layers.ways, here.map(wayText)));
    }).setZIndexOffset(600).addTo(group);
  });
}
function wayLegend() {
  return ["top_down", "bottom_up"].reduce(function (entries, way) {
    var rows = ownRows("ways").filter(function (row) { return row.item.way === way; });
    var inside = rows.filter(function (row) { return row.item.within; }).length;
    return entries.concat([
      ["ways", waySign(way, 1, true, 0.8), fill(words[WAY[way].label], { n: whole(inside) }), !rows.length],
      ["ways", waySign(way, inside + 1, false, 0.8), fill(words[WAY[way].more], { n: whole(rows.length - inside) }), rows.length === inside]
    ]);
  }, []);
}
