"use strict";
/* "And if we open it here instead?": a planner's own choice of sites, measured at once and carried away as a link or file. */
function triedOf(name) {
  state.tried[name] = state.tried[name] || { open: [], close: [] };
  return state.tried[name];
}
function canTry() { return Boolean(service().try && matrices[state.service]); }
function hasTried() { return canTry() && (state.plan === "proposal" || triedChanges() > 0); }
function triedChanges() {
  var tried = triedOf(state.service);
  return tried.open.length + tried.close.length;
}
function isExisting(number) { return data.sites[number].existing; }
function triedColumns(one) {
  var tried = triedOf(one.name), columns = [];
  one.try.columns.forEach(function (number, column) {
    if (isExisting(number) ? tried.close.indexOf(number) < 0 : tried.open.indexOf(number) >= 0) { columns.push(column); }
  });
  return columns;
}
function isOpenTried(number) {
  var tried = triedOf(state.service);
  return isExisting(number) ? tried.close.indexOf(number) < 0 : tried.open.indexOf(number) >= 0;
}
/* A unit decides about its own facilities; a protected one stays. */
function mayClose(number) {
  var site = data.sites[number];
  return site.existing && site.serves && site.inUnit && !site.protected && columnOf(number) >= 0;
}
function columnOf(number) { return service().try ? service().try.columns.indexOf(number) : -1; }
function mayOpen(number) { return !isExisting(number) && columnOf(number) >= 0; }
function change(number) {
  var tried = triedOf(state.service), list = isExisting(number) ? tried.close : tried.open, at = list.indexOf(number);
  if (at >= 0) { list.splice(at, 1); } else { list.push(number); }
  showTried();
}
function startFrom(plan) {
  var from = plan === "headline" ? service().proposed.headline : { open: [], close: [] };
  state.tried[state.service] = { open: from.open.slice(), close: from.close.slice() };
  showTried();
}
/* The measured time is that of everything: times, figures, map, tables. */
function showTried() {
  var started = performance.now();
  forget(state.service);
  choosePlan("proposal");
  performance.measure("try", { start: started, end: performance.now() });
}
/* The plan with one of its sites moved: the neighbour village instead. */
function openInstead(number, left) {
  var planned = service().proposed.headline;
  state.tried[state.service] = {
    open: planned.open.filter(function (one) { return one !== left; }).concat([number]), close: planned.close.slice()
  };
  showTried();
}
/* The buttons that a popup offers for a place or a facility. */
function tryButtons(numbers) {
  if (!canTry()) { return []; }
  var planned = service().proposed.headline ? service().proposed.headline.open : [];
  function pressed(text, action) {
    return button(text, function () {
      geoMap.closePopup();
      action();
      focusTried();
    }, "try-button");
  }
  return numbers.filter(function (number) { return mayOpen(number) || mayClose(number); }).flatMap(function (number) {
    var changed = isOpenTried(number) !== isExisting(number);
    var text = isExisting(number) ? words.tryClose : fill(words.tryOpen, { site: serviceTexts().siteLabel });
    var found = [pressed(changed ? words.tryUndo + ": " + siteName(number) : text, function () { change(number); })];
    if (!mayOpen(number) || changed || planned.indexOf(number) >= 0) { return found; }
    return found.concat(planned.slice(0, 3).map(function (left) {
      return pressed(fill(words.tryInstead, { name: siteName(left) }), function () { openInstead(number, left); });
    }));
  });
}
/* Who works with the keyboard goes on where the choice can be taken back. */
function focusTried() {
  var undo = byId("tried").querySelectorAll("button"), next = undo.length ? undo[undo.length - 1] : byId("try-open");
  next.focus({ preventScroll: true });
}

/* The table of figures */
function costOf(numbers) {
  var one = service();
  if (!one.try.costs || !one.price) { return words.tryNoPrice; }
  return tenths(numbers.reduce(function (total, number) { return total + one.try.costs[columnOf(number)]; }, 0) / 1e6);
}
function costLabel() {
  var price = service().price;
  return service().try.costs && price ? fill(words.tryCostOf, { currency: price[0], year: price[1] }) : words.tryCost;
}
function figureRows() {
  var one = service(), plans = ["baseline", "headline", "proposal"].filter(function (plan) {
    return plan === "proposal" || one.plans.indexOf(plan) >= 0;
  });
  var found = plans.map(function (plan) { return measure(one, view(plan).ms, limit()); });
  function ones(value) { return value === null ? texts.numbers.unknown : tenths(value); }
  function row(label, text, name) {
    var cells = found.map(function (figures, i) {
      var cell = element("td", { class: "number", text: text(figures, plans[i]), "data-value": figures[name] });
      if (name === "mean" && figures.cutOff) {
        cell.appendChild(element("span", { class: "note", text: " " + fill(words.tryExcluding, { people: whole(figures.cutOff) }) }));
      }
      return cell;
    });
    return element("tr", { "data-figure": name }, [element("th", { scope: "row", text: label })].concat(cells));
  }
  return [
    row(words.tryWithin, function (f) { return whole(f.within); }, "within"),
    row(words.tryBelow, function (f) { return whole(f.below); }, "below"),
    row(words.tryCutOff, function (f) { return whole(f.cutOff); }, "cutOff"),
    row(words.tryMean, function (f) { return ones(f.mean); }, "mean"),
    row(words.tryWorst, function (f) { return ones(f.worst); }, "worst"),
    row(words.tryEde, function (f) { return ones(f.ede); }, "ede"),
    row(costLabel(), function (_f, plan) {
      return costOf(plan === "proposal" ? triedOf(state.service).open : one.proposed[plan].open);
    }, "cost")
  ];
}
/* How far from the best with as many new sites, known for the study's norm. It closes nothing, and closing never helps:
   it bounds a proposal that closes something, too. More sites than there are candidates do no better than all of them. */
function gapSentences() {
  var one = service(), tried = triedOf(state.service), mine = measure(one, view("proposal").ms, limit());
  var known = (one.try.optima[state.season] || []).filter(function (row) { return row[0] <= tried.open.length; });
  var best = tried.open.length <= 10 ? known[known.length - 1] : undefined;
  if (!best || state.norm !== null) { return [words.tryNoBest]; }
  var more = mine.below - best[1], season = seasonLabel(state.season);
  var values = { n: whole(tried.open.length), best: whole(best[1]), more: whole(more), season: season };
  var found = [];
  if (more > 0) { found.push(fill(words.tryGap, values)); }
  else {
    found.push(fill(words.tryBest, values));
    if (best[3] !== null && mine.ede !== null) {
      found.push(fill(words.tryBestEde, { best: tenths(best[3]), more: tenths(Math.max(0, mine.ede - best[3])) }));
    }
  }
  if (!best[4]) { found.push(fill(words.tryNotProven, { bound: whole(best[2]) })); }
  return found;
}
function loserList() {
  var losers = losersOf(service());
  if (!losers.length) { return [element("p", { text: words.tryNoLosers })]; }
  var items = losers.slice(0, 12).map(function (one) {
    return element("li", { text: fill(words.tryLoser, {
      name: placeName(one.place), people: people(one.place), before: minutes(one.before), after: minutes(one.after),
      season: seasonLabel(one.season)
    }) });
  });
  if (losers.length > items.length) { items.push(element("li", { text: fill(words.tryMore, { n: whole(losers.length - items.length) }) })); }
  return [element("h3", { text: words.tryLosers }), element("ul", {}, items)];
}
function sortedByName(numbers) {
  return numbers.sort(function (one, other) { return siteName(one).localeCompare(siteName(other), language, { numeric: true }); });
}
function options(select, numbers) {
  var kept = select.value;
  select.replaceChildren.apply(select, sortedByName(numbers).map(function (number) {
    return element("option", { value: number, text: siteName(number) });
  }));
  if (numbers.indexOf(Number(kept)) >= 0 && kept) { select.value = kept; }
  select.disabled = !numbers.length;
}
function triedList() {
  var tried = triedOf(state.service);
  return [["open", words.tryOpened], ["close", words.tryClosed]].flatMap(function (kind) {
    return tried[kind[0]].map(function (number) {
      var undo = button(words.tryUndo, function () {
        change(number);
        focusTried();
      });
      undo.setAttribute("aria-label", words.tryUndo + ": " + siteName(number));
      return element("li", {}, [element("span", { text: fill(kind[1], { name: siteName(number) }) + " " }), undo]);
    });
  });
}
function drawTry() {
  var part = byId("try-parts");
  if (!part) { return; }
  part.hidden = !canTry();
  byId("try-old").hidden = !service().try || canTry();
  if (!canTry()) { return; }
  var columns = service().try.columns;
  options(byId("try-open"), columns.filter(function (number) { return mayOpen(number) && !isOpenTried(number); }));
  options(byId("try-close"), columns.filter(function (number) { return mayClose(number) && isOpenTried(number); }));
  byId("try-open-now").disabled = byId("try-open").disabled;
  byId("try-close-now").disabled = byId("try-close").disabled;
  byId("from-plan").hidden = service().plans.indexOf("headline") < 0;
  byId("own-norm").textContent = fill(words.tryOwnNorm, { limit: minutes(service().limitMs) });
  if (document.activeElement !== byId("norm")) { byId("norm").value = limit() / MS_PER_MINUTE; }
  byId("tried").replaceChildren.apply(byId("tried"), triedList());
  byId("try-result").hidden = !hasTried();
  byId("try-norm").textContent = state.norm === null ? "" : words.tryNormNotSaved;
  if (!hasTried()) { return; }
  byId("compare").tBodies[0].replaceChildren.apply(byId("compare").tBodies[0], figureRows());
  byId("compare").querySelector('[data-plan="headline"]').hidden = service().plans.indexOf("headline") < 0;
  byId("try-verdict").textContent = (triedChanges() ? [] : [words.tryNothing]).concat(gapSentences()).join(" ");
  byId("try-losers").replaceChildren.apply(byId("try-losers"), loserList());
}

/* Carrying it away */
function proposal() {
  var services = {};
  data.services.forEach(function (one) {
    var tried = triedOf(one.name);
    function ids(numbers) { return numbers.map(function (number) { return data.sites[number].id; }); }
    if (tried.open.length || tried.close.length) { services[one.name] = { open: ids(tried.open), close: ids(tried.close) }; }
  });
  return {
    format: "geo-proposal-1", study: data.study, unit: data.unitId, title: texts.unit, services: services,
    season: state.season, norm_minutes: limit() / MS_PER_MINUTE
  };
}
function save() {
  var file = new Blob([JSON.stringify(proposal(), null, 2) + "\n"], { type: "application/json" });
  var anchor = element("a", { href: URL.createObjectURL(file), download: "proposal-" + data.unitId + ".json" });
  anchor.click();
  setTimeout(function () { URL.revokeObjectURL(anchor.href); }, 1000);
}
function copyLink() {
  var address = link(), box = byId("copied");
  function shown() {
    var field = element("input", { readonly: "", value: address, "aria-label": words.tryCopy });
    box.replaceChildren(document.createTextNode(words.tryCopy + " "), field);
    field.select();
  }
  if (!navigator.clipboard) { shown(); return; }
  navigator.clipboard.writeText(address).then(function () { box.textContent = words.tryCopied; }, shown);
}
function listenTry() {
  if (!byId("try-parts")) { return; }
  [["try-open-now", "try-open"], ["try-close-now", "try-close"]].forEach(function (pair) {
    byId(pair[0]).addEventListener("click", function () { change(Number(byId(pair[1]).value)); });
  });
  byId("from-plan").addEventListener("click", function () { startFrom("headline"); });
  byId("from-today").addEventListener("click", function () { startFrom("baseline"); });
  byId("save").addEventListener("click", save);
  byId("copy-link").addEventListener("click", copyLink);
  byId("norm").addEventListener("input", function () {
    var known = chooseNorm(byId("norm").value);
    byId("norm").setAttribute("aria-invalid", String(!known));
    if (known) { draw(); } else { byId("own-norm").textContent = words.tryNormRange; }
  });
}
