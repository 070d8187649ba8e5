"use strict";
/* The table of places below the norm, and the controls. */
function belowRows() {
  var shown = listedCodes(), rows = [];
  for (var place = 0; place < shown.codes.length; place += 1) {
    if (shown.wanted.indexOf(shown.codes[place]) >= 0) { rows.push(place); }
  }
  function value(place) {
    if (state.sort === "people") { return service().persons[place]; }
    if (state.sort === "name") { return placeName(place); }
    return view(state.sort).ms[place];
  }
  var sign = state.down ? -1 : 1;
  return rows.sort(function (one, other) {
    var a = value(one), b = value(other);
    if (state.sort === "name") { return sign * a.localeCompare(b, language); }
    return a === b ? one - other : a < b ? -sign : sign;
  });
}
function drawBelow() {
  var rows = belowRows(), table = byId("below"), more = byId("show-all");
  var sum = rows.reduce(function (total, place) { return total + service().persons[place]; }, 0);
  var values = { places: whole(rows.length), people: whole(sum), season: seasonLabel(state.season), plan: planLabel(), norm: showLabel() };
  byId("below-count").textContent = listedText(values);
  table.hidden = !rows.length;
  table.querySelectorAll("th").forEach(function (head) {
    var key = head.querySelector("button").dataset.key;
    head.hidden = ["headline", "proposal"].indexOf(key) >= 0 && shownPlans().indexOf(key) < 0;
    if (key === state.sort) { head.setAttribute("aria-sort", state.down ? "descending" : "ascending"); }
    else { head.removeAttribute("aria-sort"); }
  });
  var shown = state.all ? rows : rows.slice(0, MOST_ROWS);
  table.tBodies[0].replaceChildren.apply(table.tBodies[0], shown.map(function (place) {
    var row = element("tr", {}, [
      element("th", { scope: "row" }, [element("button", { type: "button", class: "pick", text: placeName(place) })]),
      element("td", { text: people(place), class: "number" })
    ]);
    shownPlans().forEach(function (plan) {
      row.appendChild(element("td", { text: minutes(view(plan).ms[place]), class: "number" }));
    });
    row.addEventListener("click", function () { fromTable(row, function () { openPlace(place); }); });
    return row;
  }));
  more.hidden = shown.length === rows.length;
  more.textContent = fill(words.showAll, { places: whole(rows.length) });
}

/* Controls */
function empty(name) {
  var content = layers[name].data;
  if (name === "surfaces") { return !layers.roads.data.length; }
  if (name === "candidates" || name === "proposed") { return !data.services.some(function (one) { return one.try; }); }
  if (content === null) { return false; }
  if (Array.isArray(content)) { return !content.length; }
  return Boolean(content.areas) && !content.areas.length && !content.lines.length;
}
/* Layers that nobody can switch off: a loss is never hidden. */
var ALWAYS = ["worse_off"];
function switchLayer(layer) {
  if (geoMap.hasLayer(groups[layer.name])) { groups[layer.name].remove(); } else { groups[layer.name].addTo(geoMap); }
  switched = data.layers.filter(function (one) { return geoMap.hasLayer(groups[one.name]) !== one.shown; })
    .map(function (one) { return one.name; });
}
function drawControls() {
  byId("layers").replaceChildren.apply(byId("layers"), data.layers.filter(function (layer) {
    return !empty(layer.name) && ALWAYS.indexOf(layer.name) < 0;
  }).map(function (layer) {
    var check = element("input", { type: "checkbox", "data-layer": layer.name });
    check.checked = geoMap.hasLayer(groups[layer.name]);
    check.addEventListener("change", function () {
      switchLayer(layer);
      drawLayer(layer.name);
      stack();
      drawLabels();
      drawLegend();
      remember();
    });
    return element("label", {}, [check, document.createTextNode(" " + texts.layers[layer.name])]);
  }));
}
function drawSeasons() {
  if (service().seasons.indexOf(state.season) < 0) { state.season = "worst"; }
  fillSelect(byId("season"), service().seasons, seasonLabel, state.season);
}
function fillSelect(select, values, label, chosen) {
  select.replaceChildren.apply(select, values.map(function (value) {
    return element("option", { value: value, text: label(value) });
  }));
  select.value = chosen;
}
function drawShow() {
  var keys = service().norms.map(function (norm) { return norm.key; });
  var views = service().colourings.map(function (one) { return one.key; });
  if (keys.concat(views).indexOf(state.show) < 0) { state.show = "minutes"; }
  if (state.show !== "minutes") { state.plan = "baseline"; }
  fillSelect(byId("show"), ["minutes"].concat(views, keys), function (key) {
    if (views.indexOf(key) >= 0) { return serviceTexts().colourings[key].title; }
    if (key === "minutes") { return fill(words.showMinutes, { site: serviceTexts().siteLabel }); }
    return fill(words.showNorm, { norm: serviceTexts().norms[keys.indexOf(key)] });
  }, state.show);
}
function drawPlans() {
  document.querySelectorAll("#plan input").forEach(function (input) {
    var possible = input.value === "proposal" ? canTry() : service().plans.indexOf(input.value) >= 0;
    input.parentElement.hidden = !possible;
    input.checked = input.value === state.plan;
  });
  byId("plan").hidden = service().plans.length < 2 && !canTry();
}
function draw() {
  /* All but minutes is today's: another plan would say nothing about it, nor, mostly, would another season. */
  var minutesShown = state.show === "minutes", one = colouring();
  byId("plan").disabled = !minutesShown;
  byId("season").disabled = !minutesShown && !(one && isSeasonal(one));
  drawPlans();
  changing.forEach(drawLayer);
  stack();
  drawLabels();
  drawLegend();
  drawBelow();
  drawTry();
  var values = { service: serviceTexts().label, season: seasonLabel(state.season), plan: planLabel(), norm: showLabel() };
  if (one) { values.view = colouringLabel(one); }
  byId("shown").textContent = fill(minutesShown ? words.shown : one ? words.shownView : words.shownNorm, values);
  drawPlanNote();
  remember();
}
/* While something is tried, the page says which of its figures are the plan's, and the proposal's beside them. */
function drawPlanNote() {
  var note = byId("plan-note");
  note.hidden = state.plan !== "proposal";
  if (note.hidden) { return; }
  function below(plan) { return whole(measure(service(), view(plan).ms, limit()).below); }
  var pattern = service().plans.indexOf("headline") < 0 ? words.tryLine : words.tryLinePlan;
  note.textContent = fill(pattern, { mine: below("proposal"), today: below("baseline"), plan: below("headline") });
}
function choosePlan(plan) {
  state.plan = plan;
  state.show = "minutes";
  byId("show").value = "minutes";
  geoMap.closePopup();
  draw();
}
function changeService(name) {
  state.service = name;
  if (service().plans.indexOf(state.plan) < 0 && !(state.plan === "proposal" && canTry())) { state.plan = "baseline"; }
  document.querySelectorAll("[data-service]").forEach(function (part) { part.hidden = part.dataset.service !== name; });
  byId("service").value = name;
  drawSeasons();
  drawShow();
  geoMap.closePopup();
  draw();
}
function listenControls() {
  byId("service").addEventListener("change", function (event) {
    state.norm = null;
    changeService(event.target.value);
  });
  byId("season").addEventListener("change", function (event) {
    state.season = event.target.value;
    geoMap.closePopup();
    draw();
  });
  byId("show").addEventListener("change", function (event) {
    state.show = event.target.value;
    if (state.show !== "minutes") { state.plan = "baseline"; }
    geoMap.closePopup();
    draw();
  });
  byId("plan").addEventListener("change", function (event) { choosePlan(event.target.value); });
  byId("language").addEventListener("change", function (event) {
    var address = new URL(link()), chosen = new URLSearchParams(address.hash.slice(1));
    chosen.set("lang", event.target.value);
    location.replace(address.href.split("#")[0] + "#" + chosen.toString());
    location.reload();
  });
  byId("show-all").addEventListener("click", function () {
    state.all = true;
    drawBelow();
  });
  document.querySelectorAll("#below thead button").forEach(function (head) {
    head.addEventListener("click", function () {
      state.down = state.sort === head.dataset.key ? !state.down : head.dataset.key !== "name";
      state.sort = head.dataset.key;
      drawBelow();
    });
  });
  document.querySelectorAll("tr[data-site]").forEach(function (row) {
    row.addEventListener("click", function () {
      fromTable(row, function () { openSite(data.sites[Number(row.dataset.site)]); });
    });
  });
}
/* A place by its name in any of the languages; several of one name are told apart by their number in the list. */
function listenFind() {
  var found = {}, box = byId("find");
  texts.places.forEach(function (name, place) {
    var label = name, copy = 2;
    while (found[label] !== undefined) { label = name + " (" + copy + ")"; copy += 1; }
    found[label] = place;
  });
  function placeCalled(text) {
    var start = text.trim().toLocaleLowerCase(language);
    if (found[text] !== undefined || !start) { return found[text]; }
    var known = Object.keys(found).sort().filter(function (label) { return label.toLocaleLowerCase(language).indexOf(start) === 0; });
    if (known.length) { return found[known[0]]; }
    var other = Object.keys(data.texts).map(function (code) {
      return data.texts[code].places.findIndex(function (name) { return name.toLocaleLowerCase(code).indexOf(start) === 0; });
    }).filter(function (place) { return place >= 0; });
    return other[0];
  }
  function find() {
    var place = placeCalled(box.value);
    byId("find-note").textContent = place === undefined && box.value.trim() ? words.findNothing : "";
    if (place === undefined) { return; }
    opener = box;
    openPlace(place);
  }
  box.addEventListener("focus", function () {
    if (byId("find-names").children.length) { return; }
    byId("find-names").replaceChildren.apply(byId("find-names"), Object.keys(found).sort(function (one, other) {
      return one.localeCompare(other, language);
    }).map(function (label) { return element("option", { value: label }); }));
  });
  box.addEventListener("change", find);
  box.addEventListener("keydown", function (event) { if (event.key === "Enter" && document.activeElement === box) { find(); } });
}
