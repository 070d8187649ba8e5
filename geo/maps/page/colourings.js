"use strict";
/* What circles may be coloured by beside minutes and norms. The classes come decided, and all of them are today's. */
function colouring() {
  return service().colourings.filter(function (one) { return one.key === state.show; })[0];
}
function colouringTexts() { return serviceTexts().colourings[state.show]; }
function isSeasonal(one) { return one.codes[""] === undefined; }
function colouringCodes(one) { return (isSeasonal(one) ? one.codes[state.season] : one.codes[""]).split(""); }
function colouringLook(one, code) {
  var look = one.looks[code];
  if (!look) { return code === "a" ? HOLLOW : UNKNOWN; }
  return Object.assign(filled(look[0], look[2]), { kind: look[1], dotColour: look[3] });
}
/* All classes of its own, and those that are always possible where there are places of them. */
function colouringClasses(one, counts) {
  return Object.keys(one.looks).concat(["a", "k"].filter(function (code) { return counts[code]; }));
}
function colouringLabel(one) {
  return fill(isSeasonal(one) ? words.viewSeason : words.viewToday, {
    view: colouringTexts().title, season: seasonLabel(state.season)
  });
}
/* Corners of a triangle about as large as the circle of the same people. */
function triangle(radius, down) {
  var high = 1.45 * radius, sign = down ? -1 : 1;
  return [[0, -sign * high], [0.87 * high, sign * high / 2], [-0.87 * high, sign * high / 2]];
}
/* The list beside the map: the classes that want something, or, where none does, the places below the norm. */
function listedCodes() {
  var one = colouring();
  if (one && one.listed) { return { codes: colouringCodes(one), wanted: one.listed }; }
  if (state.show === "minutes" || one) { return { codes: classes(), wanted: "345x" }; }
  return { codes: shownCodes(), wanted: "b" };
}
function listedText(values) {
  var one = colouring();
  if (one && one.listed) {
    var labels = colouringTexts().labels;
    var names = one.listed.split("").map(function (code) { return labels[code]; });
    return fill(words.listed, Object.assign({ classes: names.join("; "), view: colouringLabel(one) }, values));
  }
  if (state.show === "minutes" || one) { return fill(Number(values.places) === 0 ? words.noneBelow : words.below, values); }
  return fill(words.belowNorm, values);
}
